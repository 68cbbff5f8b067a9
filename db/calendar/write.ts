// Writes bookings as an iCalendar file (RFC 5545): one event for each, times in UTC, the same bytes for the same bookings.
import { withinTime } from '../kit/bounds';

export interface WrittenBooking {
  readonly id: string;
  readonly title: string;
  readonly notes: string;
  /** ms since 1970 */
  readonly start: number;
  readonly end: number;
  readonly status: string;
  readonly private: boolean;
  /** Of the resource. */
  readonly place: string;
  /** ms since 1970 */
  readonly updatedAt: number;
}

/** A booking of ours is known again by this when its file comes back. */
const suffix = '@outpost';

export const uidOf = (bookingId: string): string => `${bookingId}${suffix}`;

/** @returns the id of the booking that a UID of ours names, or null for any other UID */
export function bookingOf(uid: string): string | null {
  const id = uid.endsWith(suffix) ? uid.slice(0, -suffix.length) : '';
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null;
}

/** @param name of the calendar. Cancelled bookings are to be left out by the caller. */
export function writeCalendar(name: string, bookings: readonly WrittenBooking[]): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Outpost//Bookings//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escaped(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT15M',
    'X-PUBLISHED-TTL:PT15M',
    ...bookings.flatMap(event),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function event(booking: WrittenBooking): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${uidOf(booking.id)}`,
    `DTSTAMP:${utc(booking.updatedAt)}`,
    `LAST-MODIFIED:${utc(booking.updatedAt)}`,
    `DTSTART:${utc(booking.start)}`,
    // Of what takes less than a second, the format would say that it takes no time.
    `DTEND:${utc(Math.max(booking.end, Math.floor(booking.start / 1000) * 1000 + 1000))}`,
    `SUMMARY:${escaped(booking.title)}`,
    ...(booking.notes === '' ? [] : [`DESCRIPTION:${escaped(booking.notes)}`]),
    `LOCATION:${escaped(booking.place)}`,
    // Only a confirmed booking holds its time.
    `STATUS:${booking.status === 'confirmed' ? 'CONFIRMED' : 'TENTATIVE'}`,
    `CLASS:${booking.private ? 'PRIVATE' : 'PUBLIC'}`,
    'TRANSP:OPAQUE',
    'END:VEVENT',
  ];
}

/** Whole seconds, and years of four digits: the format has no others. */
function utc(at: number): string {
  return `${new Date(withinTime(at)).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function escaped(text: string): string {
  return (
    text
      .replaceAll(/[\\;,]/g, '\\$&')
      .replaceAll(/\r\n|\n|\r/g, '\\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what the format forbids
      .replaceAll(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
  );
}

/** Lines are 75 bytes long at most; what is longer goes on behind a space. No character is cut. */
function folded(line: string): string {
  const encoder = new TextEncoder();
  let out = '';
  let bytes = 0;
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (bytes + size > 75) {
      out += '\r\n ';
      bytes = 1;
    }
    out += character;
    bytes += size;
  }
  return out;
}
