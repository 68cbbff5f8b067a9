// What other features use of bookings: spans of time, and how Postgres writes them.
export { formatRange, overlaps, type Span } from './range';
