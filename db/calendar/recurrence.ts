// The occurrences of an event: its rule, more dates and dates left out.
import { fromPlain, plain, type WallTime } from '../kit/zone';
import { type Clocks, endOf, instantOfMoment, type Length, lengthOf, type Moment } from './clock';
import type { Component, Property } from './component';
import { expand, namesStart } from './expand';
import { LeftOut } from './problem';
import { parseRule, type Rule } from './rule';

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
  event: Component,
  clocks: Clocks,
  start: Moment,
  length: Length,
  now: number,
): Occurrences {
  const at = (wall: WallTime): Occurrence => {
    const moment = { ...start, wall };
    return { key: keyOf(moment), start: instantOfMoment(moment), end: endOf(wall, start.clock, length) };
  };
  const found = new Map<string, Occurrence>();
  const add = (occurrence: Occurrence) => found.set(occurrence.key, occurrence);
  const { walls, window } = followed(event, clocks, start, now);
  for (const wall of walls) add(at(wall));
  for (const property of event.all('RDATE')) {
    for (const raw of listOf(property)) {
      const [first = '', until] = raw.split('/');
      const moment = ofSort(clocks.moment(property, first), start, 'RDATE');
      const begins = instantOfMoment(moment);
      if (window && (begins < window.from || begins >= window.to)) continue;
      add(
        until === undefined
          ? at(moment.isDay ? moment.wall : start.clock.wall(begins))
          : { key: keyOf(moment), start: begins, end: periodEnd(clocks, property, moment, until) },
      );
    }
  }
  for (const property of event.all('EXDATE')) {
    for (const raw of listOf(property)) {
      const moment = clocks.moment(property, raw);
      if (!moment.isDay || start.isDay) found.delete(keyOf(ofSort(moment, start, 'EXDATE')));
      else {
        const meant = onDay(moment, start, found.values());
        if (meant.length > 1) throw new LeftOut('day-for-time', 'EXDATE');
        if (meant[0]) found.delete(meant[0].key);
      }
    }
  }
  return { all: [...found.values()].sort((a, b) => a.start - b.start), window };
}

const listOf = ({ value }: Property): string[] => value.split(',').filter((raw) => raw.trim() !== '');

/**
 * A moment as the event's beginning is one: midnight is the day for an event of whole days, as Exchange writes it.
 * @throws LeftOut
 */
export function ofSort(moment: Moment, start: Moment, name: string): Moment {
  if (moment.isDay === start.isDay) return moment;
  if (moment.isDay) throw new LeftOut('day-for-time', name);
  const own = moment.wall;
  // Midnight in UTC of the resource's zone.
  const home = start.clock.wall(instantOfMoment(moment));
  const wall = [own, home].find(({ hour, minute, second }) => hour === 0 && minute === 0 && second === 0);
  if (!wall) throw new LeftOut('time-for-day', name);
  return { wall, isDay: true, clock: start.clock };
}

/** Those that begin on a day by the event's clock. */
export function onDay<T extends { readonly start: number }>(
  day: Moment,
  start: Moment,
  all: Iterable<T>,
): T[] {
  const wanted = plain(day.wall);
  return [...all].filter((one) => {
    if (Math.abs(one.start - wanted) > 3 * DAY) return false;
    const { year, month, day: date } = start.clock.wall(one.start);
    return Date.UTC(year, month - 1, date) === wanted;
  });
}

function periodEnd(clocks: Clocks, property: Property, from: Moment, until: string): number {
  if (!/^\s*[+-]?P/i.test(until)) return instantOfMoment(clocks.moment(property, until));
  return endOf(from.wall, from.clock, lengthOf(until));
}

/** Where the rule puts the event, DTSTART included. */
function followed(
  event: Component,
  clocks: Clocks,
  start: Moment,
  now: number,
): { walls: WallTime[]; window: Occurrences['window'] } {
  const [text, ...more] = new Set(event.all('RRULE').map(({ value }) => value));
  if (event.has('EXRULE')) throw new LeftOut('exrule');
  if (more.length > 0) throw new LeftOut('two-rules');
  if (text === undefined) return { walls: [start.wall], window: null };
  const rule = parseRule(text);
  const spend = clocks.budget.rule();
  const from = { plain: plain(start.wall), isDay: start.isDay };
  const end = endOfRule(rule, start);
  if (from.plain > end) throw new LeftOut('rule-over');
  if (!namesStart(rule, from, spend)) throw new LeftOut('rule-start');

  const counted = rule.count ?? Number.POSITIVE_INFINITY;
  if (end !== Number.POSITIVE_INFINITY || counted <= most) {
    const all = taken(expand(rule, from, spend, { to: end }), Math.min(counted, most + 1));
    if (all.length <= most) return { walls: all.map(fromPlain), window: null };
  }
  const window = { from: now - 31 * DAY, to: now + 366 * DAY };
  // A day of slack on each side, as wall times are not instants. What is counted is counted from the beginning.
  const [first, last] = [window.from - DAY, window.to + DAY];
  const skipTo = counted === Number.POSITIVE_INFINITY ? Math.max(from.plain, first) : from.plain;
  const part = taken(expand(rule, from, spend, { from: skipTo, to: Math.min(end, last) }), counted, first);
  const inside = part.map(fromPlain).filter((wall) => {
    const at = start.clock.instant(wall);
    return at >= window.from && at < window.to;
  });
  return { walls: inside, window };
}

/** @param first earlier ones are counted, but not taken */
function taken(all: Generator<number>, count: number, first = Number.NEGATIVE_INFINITY): number[] {
  const out: number[] = [];
  let counted = 0;
  for (const at of all) {
    if (at >= first) out.push(at);
    if (++counted >= count) break;
  }
  return out;
}

/** The last moment that UNTIL admits, as the clock of the event shows it (plain ms). */
function endOfRule({ until }: Rule, start: Moment): number {
  if (until === null) return Number.POSITIVE_INFINITY;
  // A day for a time: all of that day. A time for a day: the day that it names.
  if (start.isDay) return Math.floor(until.plain / DAY) * DAY;
  if (until.sort === 'day') return until.plain + DAY - 1;
  return until.sort === 'utc' ? plain(start.clock.wall(until.plain)) : until.plain;
}
