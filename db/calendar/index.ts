// What other features use of calendars: writing one.
export { type WrittenBooking, writeCalendar } from './write';
