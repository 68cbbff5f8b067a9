// The occurrences of an event: its rule, more dates and dates left out. The rule is run by ical.js on plain wall times;
// what they mean is for the clock of the event.
import ICAL from 'ical.js';
import { plain, type WallTime } from '../zone';
import { type Clocks, endOf, instantOfMoment, type Length, type Moment } from './clock';
import { LeftOut } from './problem';

export interface Occurrence {
  /** Names it among its event's: the day, or the time in UTC, of where the rule puts it. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

export interface Occurrences {
  readonly all: readonly Occurrence[];
  /** Set when the rule goes on: only what begins from `from` on and before `to` is here (ms). */
  readonly window: { readonly from: number; readonly to: number } | null;
}

/** A rule that ends is followed this far; one with more, or without an end, in a window around now. */
const most = 400;
/** Steps of a rule before it is given up: a daily one for more than a century. */
const steps = 50_000;
const DAY = 86_400_000;

export function keyOf(moment: Moment): string {
  const at = new Date(moment.isDay ? plain(moment.wall) : instantOfMoment(moment)).toISOString();
  return moment.isDay ? at.slice(0, 10) : at.replace('.000', '');
}

/**
 * @param now ms since 1970
 * @throws LeftOut when the event says something that is not guessed at
 */
export function occurrences(
  event: ICAL.Component,
  clocks: Clocks,
  start: Moment,
  length: Length,
  now: number,
): Occurrences {
  const at = (wall: WallTime): Occurrence => {
    const moment = { ...start, wall };
    const from = instantOfMoment(moment);
    return { key: keyOf(moment), start: from, end: endOf(wall, start.clock, length) };
  };
  const found = new Map<string, Occurrence>();
  const add = (occurrence: Occurrence) => found.set(occurrence.key, occurrence);
  const { walls, window } = followed(event, start, now);
  for (const wall of walls) add(at(wall));
  for (const property of event.getAllProperties('rdate')) {
    for (const raw of property.jCal.slice(3)) {
      const period = Array.isArray(raw) ? (raw as string[]) : null;
      const moment = sameSort(clocks.moment(property, period ? period[0] : raw), start, 'RDATE');
      const begins = instantOfMoment(moment);
      if (window && (begins < window.from || begins >= window.to)) continue;
      const own = { ...moment, wall: start.clock.wall(begins), clock: start.clock };
      add(
        period
          ? { key: keyOf(moment), start: begins, end: periodEnd(clocks, property, moment, period[1]!) }
          : at(own.wall),
      );
    }
  }
  for (const property of event.getAllProperties('exdate')) {
    for (const raw of property.jCal.slice(3)) {
      found.delete(keyOf(sameSort(clocks.moment(property, raw), start, 'EXDATE')));
    }
  }
  return { all: [...found.values()].sort((a, b) => a.start - b.start), window };
}

function sameSort(moment: Moment, start: Moment, name: string): Moment {
  if (moment.isDay === start.isDay) return moment;
  throw new LeftOut(
    moment.isDay
      ? `${name} names a day, but the event begins at a time.`
      : `${name} names a time, but the event takes whole days.`,
  );
}

function periodEnd(clocks: Clocks, property: ICAL.Property, from: Moment, until: string): number {
  if (!/^[+-]?P/.test(until)) return instantOfMoment(clocks.moment(property, until));
  return endOf(from.wall, from.clock, lengthOf(until));
}

/** @throws LeftOut for a length that is negative or none */
export function lengthOf(text: string): Length {
  const { weeks, days, hours, minutes, seconds, isNegative } = ICAL.Duration.fromString(text);
  if (isNegative) throw new LeftOut(`A length of “${text}” is less than nothing.`);
  return { days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
}

/** Where the rule puts the event, DTSTART included. */
function followed(
  event: ICAL.Component,
  start: Moment,
  now: number,
): { walls: WallTime[]; window: Occurrences['window'] } {
  const rules = event.getAllProperties('rrule');
  if (event.hasProperty('exrule')) throw new LeftOut('It has an EXRULE, which calendars no longer agree on.');
  if (rules.length > 1) throw new LeftOut('It has more than one RRULE, which calendars do not agree on.');
  const rule = rules[0]?.getFirstValue();
  if (!(rule instanceof ICAL.Recur)) return { walls: [start.wall], window: null };
  if (['SECONDLY', 'MINUTELY', 'HOURLY'].includes(rule.freq)) {
    throw new LeftOut('It repeats more than once a day.');
  }
  endInWallTime(rule, start);

  const all = run(rule, start, (_, count) => count <= most);
  if (plain(all.first) !== plain(start.wall)) {
    throw new LeftOut('It begins at a time that its own rule does not name.');
  }
  if (all.ended) return { walls: all.walls, window: null };
  const window = { from: now - 31 * DAY, to: now + 366 * DAY };
  const instant = (wall: WallTime) => start.clock.instant(wall);
  // A day of slack on each side, as wall times are not instants.
  const part = run(rule, start, (wall) => plain(wall) < window.to + DAY);
  const inside = part.walls.filter((wall) => instant(wall) >= window.from && instant(wall) < window.to);
  return { walls: inside, window };
}

interface Run {
  readonly first: WallTime;
  readonly walls: WallTime[];
  /** The rule had no more. */
  readonly ended: boolean;
}

function run(rule: ICAL.Recur, start: Moment, goOn: (wall: WallTime, count: number) => boolean): Run {
  const iterator = rule.iterator(
    new ICAL.Time({ ...start.wall, isDate: start.isDay }, ICAL.Timezone.localTimezone),
  );
  const walls: WallTime[] = [];
  for (let step = 0; ; step++) {
    if (step > steps) throw new LeftOut('Its rule repeats too often to be followed.');
    const time = iterator.next();
    if (!time) return { first: walls[0] ?? start.wall, walls, ended: true };
    const { year, month, day, hour, minute, second } = time;
    const wall = { year, month, day, hour, minute, second };
    if (!goOn(wall, walls.length + 1)) return { first: walls[0] ?? wall, walls, ended: false };
    walls.push(wall);
  }
}

/** UNTIL as the clock of the event shows it; it must be of the same sort as DTSTART. */
function endInWallTime(rule: ICAL.Recur, start: Moment): void {
  const { until } = rule;
  if (!until) return;
  if (until.isDate !== start.isDay) {
    throw new LeftOut(
      until.isDate
        ? 'Its rule ends with a day (UNTIL), but the event begins at a time.'
        : 'Its rule ends at a time (UNTIL), but the event takes whole days.',
    );
  }
  if (until.isDate || until.zone !== ICAL.Timezone.utcTimezone) return;
  const { year, month, day, hour, minute, second } = until;
  const wall = start.clock.wall(plain({ year, month, day, hour, minute, second }));
  rule.until = new ICAL.Time({ ...wall, isDate: false }, ICAL.Timezone.localTimezone);
}
