// What other features use of bookings: the way to one.
export { useGoToBooking } from './links';
