// What other features use of bookings: spans of time.
export { formatRange, overlaps, parseRange, type Span } from './range';
