// One event of a calendar file, or one date of it that differs: what it says, and whether it can be relied on.
import type { Span } from '../booking';
import { endOfTime, firstMoment } from '../kit/bounds';
import { type Clocks, endOf, instantOfMoment, type Length, lengthOf, type Moment } from './clock';
import { type Component, type Property, textOf } from './component';
import { LeftOut, shownTitle } from './problem';
import type { Found } from './version';

export interface EventFacts {
  readonly title: string;
  readonly notes: string;
  readonly status: 'confirmed' | 'tentative' | 'cancelled';
  readonly private: boolean;
}

/** The longest that a booking from a calendar lasts. */
export const longestDays = 60;

/** Where a broken line of this name, the event cannot be relied on. */
const vital = new Set(
  'UID DTSTART DTEND DURATION RRULE RDATE EXDATE EXRULE RECURRENCE-ID STATUS TRANSP SEQUENCE CLASS BEGIN'.split(
    ' ',
  ),
);
const single = ['UID', 'DTSTART', 'DTEND', 'DURATION', 'RECURRENCE-ID', 'STATUS', 'TRANSP', 'CLASS'];

/** @returns why the event cannot be relied on, or null */
export function faultOf(event: Component): LeftOut | null {
  if (!event.closed || event.children.some(({ closed }) => !closed)) return new LeftOut('not-closed');
  // A line without a name may be torn off from the one before it.
  const bad = event.bad.find(({ name, after }) => vital.has(name) || (name === '' && vital.has(after)));
  if (bad) return new LeftOut('bad-line', String(bad.line));
  const sequence = event.first('SEQUENCE');
  if (sequence && !/^\s*\d{1,9}\s*$/.test(sequence.value))
    return new LeftOut('bad-line', String(sequence.line));
  for (const name of single) {
    const values = event.all(name).map(({ value, parameters }) => JSON.stringify([value, ...parameters]));
    if (new Set(values).size > 1) return new LeftOut('two-of-one', name);
  }
  return null;
}

export function titleOf(event: Component): string {
  return shownTitle(textOf(event.first('SUMMARY')?.value ?? ''));
}

/** @throws LeftOut */
export function when(event: Component, clocks: Clocks): { start: Moment; length: Length } {
  const dtstart = event.first('DTSTART');
  if (!dtstart) throw new LeftOut('no-start');
  const start = clocks.moment(dtstart);
  const dtend = event.first('DTEND');
  const duration = event.first('DURATION');
  if (dtend && duration) throw new LeftOut('two-ends');
  if (duration) return { start, length: lengthOf(duration.value) };
  if (!dtend) {
    if (!start.isDay) throw new LeftOut('no-end');
    return { start, length: { days: 1, ms: 0 } };
  }
  const end = clocks.moment(dtend);
  if (end.isDay !== start.isDay) throw new LeftOut('ends-otherwise');
  const ms =
    Date.UTC(end.wall.year, end.wall.month - 1, end.wall.day) -
    Date.UTC(start.wall.year, start.wall.month - 1, start.wall.day);
  if (start.isDay) return { start, length: { days: ms / 86_400_000, ms: 0 } };
  return { start, length: { days: 0, ms: instantOfMoment(end) - instantOfMoment(start) } };
}

/** @throws LeftOut */
export function spanOf(start: Moment, length: Length): Span {
  return possible({ start: instantOfMoment(start), end: endOf(start.wall, start.clock, length) });
}

/** @throws LeftOut */
export function possible(span: Span): Span {
  if (!(span.end > span.start)) throw new LeftOut('ends-before');
  if (span.end - span.start > longestDays * 86_400_000) throw new LeftOut('too-long', String(longestDays));
  if (span.start < firstMoment || span.end > endOfTime) throw new LeftOut('out-of-time');
  return span;
}

/** @throws LeftOut for an event that takes no time */
export function factsOf({ event, cancels }: Found): EventFacts {
  const word = (name: string) => event.first(name)?.value.trim().toUpperCase() ?? '';
  const status = word('STATUS');
  if (word('TRANSP') === 'TRANSPARENT' && status !== 'CANCELLED') throw new LeftOut('transparent');
  return {
    title: stored(event.first('SUMMARY'), 300) || 'Untitled event',
    notes: stored(event.first('DESCRIPTION'), 20_000),
    status:
      cancels || status === 'CANCELLED' ? 'cancelled' : status === 'TENTATIVE' ? 'tentative' : 'confirmed',
    private: ['PRIVATE', 'CONFIDENTIAL'].includes(word('CLASS')),
  };
}

/** Without what Postgres cannot store: NUL, and halves of surrogate pairs. */
function stored(property: Property | undefined, most: number): string {
  return textOf(property?.value ?? '')
    .trim()
    .slice(0, most)
    .replace(/\p{Cs}/gu, '')
    .replaceAll('\0', '');
}
