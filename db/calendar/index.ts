// What other features use of calendars: writing one as a file.
export { writeCalendar } from './write';
