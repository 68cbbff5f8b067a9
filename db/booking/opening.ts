// Opening hours of a resource, by the clocks of its own zone. They advise; nothing is refused because of them.

import { plain, type WallTime, wallTime, weekday } from '../kit/zone';
import type { Span } from './range';

export interface Opening {
  readonly time_zone: string;
  /** HH:MM or HH:MM:SS; 24:00 closes the day. */
  readonly opens: string;
  readonly closes: string;
  /** Bit 0 for Monday to bit 6 for Sunday. */
  readonly open_days: number;
}

const DAY = 86_400_000;

function ofDay(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

const midnight = (wall: WallTime) => Math.floor(plain(wall) / DAY) * DAY;

/**
 * @returns whether the resource is open all the while. A span over several days needs days that are open from
 *   midnight to midnight.
 */
export function isOpenFor(resource: Opening, span: Span): boolean {
  const [opens, closes] = [ofDay(resource.opens), ofDay(resource.closes)];
  const [from, to] = [wallTime(span.start, resource.time_zone), wallTime(span.end, resource.time_zone)];
  const isOpenDay = (day: number) => {
    const { year, month, date } = partsOf(day);
    return (
      (resource.open_days & (1 << weekday({ year, month, day: date, hour: 0, minute: 0, second: 0 }))) !== 0
    );
  };
  for (let day = midnight(from); day < plain(to); day += DAY) {
    if (!isOpenDay(day)) return false;
    if (Math.max(plain(from), day) < day + opens) return false;
    if (Math.min(plain(to), day + DAY) > day + closes) return false;
  }
  return true;
}

function partsOf(day: number): { year: number; month: number; date: number } {
  const at = new Date(day);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() };
}
