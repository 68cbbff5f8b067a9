// What the clocks of a time zone show, and when they show it. The zone data are the runtime's own (Intl).

/** What a wall clock shows; a plain calendar time without a zone. month counts from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A zone that this runtime does not know counts as UTC: better the wrong clock, named, than no calendar. */
function formatter(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone);
  if (known) return known;
  const options: Intl.DateTimeFormatOptions = {
    ...{ hourCycle: 'h23', era: 'short', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  };
  try {
    known = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone });
  } catch {
    known = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
  formatters.set(zone, known);
  return known;
}

/** @returns whether the runtime knows the zone */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** @param at milliseconds since 1970 */
export function wallTime(at: number, zone: string): WallTime {
  const parts = new Map(
    formatter(zone)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  return {
    year: parts.get('era') === 'BC' ? 1 - number('year') : number('year'),
    month: number('month'),
    day: number('day'),
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
  };
}

/** The wall time as milliseconds, as if it were UTC: for counting days and comparing. */
export function plain(wall: WallTime): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

/** @returns the wall time of what `plain` gives */
export function fromPlain(at: number): WallTime {
  const date = new Date(at);
  return {
    ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
    ...{ hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() },
  };
}

/** @returns the wall time some days later: the same hands of the clock. */
export function plusDays(wall: WallTime, days: number): WallTime {
  const at = new Date(plain(wall) + days * 86_400_000);
  return {
    ...wall,
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
  };
}

/** 0 for Monday to 6 for Sunday. */
export function weekday(wall: WallTime): number {
  return (new Date(plain(wall)).getUTCDay() + 6) % 7;
}

/**
 * When the clocks of a zone show this. A time that they show twice is the first, as calendars have it (RFC 5545);
 * Postgres takes the second. A time that they leave out is as much later as they are put forward (2:30 becomes 3:30),
 * as both have it.
 * @returns milliseconds since 1970
 */
export function instantOf(wall: WallTime, zone: string): number {
  const wanted = plain(wall);
  const offset = (at: number) => plain(wallTime(at, zone)) - Math.floor(at / 1000) * 1000;
  const [before, after] = [offset(wanted - 86_400_000), offset(wanted + 86_400_000)];
  const shown = [wanted - before, wanted - after].filter((at) => plain(wallTime(at, zone)) === wanted);
  return shown.length > 0 ? Math.min(...shown) : wanted - before;
}
