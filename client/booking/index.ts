// What other features use of bookings: the way to one, and what search finds.
export { useGoToBooking } from './links';
export { searchedBookings } from './searched';
