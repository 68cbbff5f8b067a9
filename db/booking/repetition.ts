// Weekly repetition: the occurrences of a booking, made on the device as rows of their own that share a series.

import { instantOf, plusDays, wallTime } from '../kit/zone';
import type { Span } from './range';

/** Two years of weeks: more is a standing arrangement, not a booking. */
export const MAX_OCCURRENCES = 104;

/**
 * The occurrences of a weekly repetition, the first one included. The clocks of the resource's zone show the same
 * for each, also when they are put forward or back in between.
 * @param until the last moment at which one may begin (ms), or a number of occurrences; at most MAX_OCCURRENCES
 */
export function weekly(
  first: Span,
  zone: string,
  limit: { readonly count: number } | { readonly until: number },
): Span[] {
  const [start, end] = [wallTime(first.start, zone), wallTime(first.end, zone)];
  const count = 'count' in limit ? Math.min(limit.count, MAX_OCCURRENCES) : MAX_OCCURRENCES;
  const out: Span[] = [];
  for (let week = 0; week < count; week++) {
    const at = week === 0 ? first.start : instantOf(plusDays(start, week * 7), zone);
    if (week > 0 && 'until' in limit && at > limit.until) break;
    const ends = week === 0 ? first.end : instantOf(plusDays(end, week * 7), zone);
    // An end that falls into an hour that does not exist, or comes twice, must not turn the booking round.
    out.push({ start: at, end: ends > at ? ends : at + (first.end - first.start) });
  }
  return out;
}
