// The engine of repetition rules: the wall times that a rule names, in order. Pure whole numbers; what they mean is for
// the clock of the event.
import { LeftOut } from './problem';
import type { Rule } from './rule';

const DAY = 86_400_000;
/** The last day that is followed: the end of the year 9999. */
const lastDay = Date.UTC(9999, 11, 31) / DAY;

interface Start {
  /** As if UTC, ms. */
  readonly plain: number;
  /** It has no time: BYHOUR, BYMINUTE and BYSECOND do not count (RFC 5545). */
  readonly isDay: boolean;
}

/** What is looked for, plain ms. */
interface Within {
  /** Skips, without counting them, whole periods that end before this. */
  readonly from?: number;
  /** The last moment. */
  readonly to?: number;
}

/** The rule with what it leaves to DTSTART filled in. */
interface Whole extends Rule {
  readonly months: readonly number[];
  readonly weekdays: ReadonlySet<number>;
  /** Times of a day, ms, in order. */
  readonly times: readonly number[];
}

const dayOf = (plain: number) => Math.floor(plain / DAY);
const firstOfMonth = (year: number, month: number) => Date.UTC(year, month, 1) / DAY;
/** 0 for Monday. 1 January 1970 was a Thursday. */
const weekdayOf = (day: number) => (((day + 3) % 7) + 7) % 7;

/**
 * The occurrences of a rule from DTSTART on, as plain ms, ascending, without repetition. UNTIL and COUNT are for the
 * caller. Ends after the year 9999.
 * @param spend is told every step, so that it can end a rule that finds nothing
 * @throws LeftOut
 */
export function* expand(
  rule: Rule,
  start: Start,
  spend: (steps: number) => void,
  { from = start.plain, to = Number.POSITIVE_INFINITY }: Within = {},
): Generator<number, void, undefined> {
  const whole = filledIn(rule, start);
  const begin = new Date(start.plain);
  const length = { YEARLY: 366, MONTHLY: 31, WEEKLY: 7, DAILY: 1 }[rule.frequency] * rule.interval;
  // One period less than could be skipped, as periods differ in length.
  const skipped = Math.max(0, Math.floor((dayOf(from) - dayOf(start.plain)) / length) - 1);
  if (rule.frequency === 'WEEKLY' && skipped === 0) mustBeClearAtFirst(whole, start);
  for (let period = skipped; ; period++) {
    const step = period * rule.interval;
    spend(1);
    const [first, last] = ((): [number, number] => {
      const year = begin.getUTCFullYear();
      const month = begin.getUTCMonth();
      const day = dayOf(start.plain);
      if (rule.frequency === 'DAILY') return [day + step, day + step];
      if (rule.frequency === 'WEEKLY') {
        const week = weekOf(day, rule.weekStart) + 7 * step;
        return [week, week + 6];
      }
      if (rule.frequency === 'MONTHLY') {
        return [firstOfMonth(year, month + step), firstOfMonth(year, month + step + 1) - 1];
      }
      return [firstOfMonth(year + step, 0), firstOfMonth(year + step + 1, 0) - 1];
    })();
    // Not a number: behind what a Date holds.
    if (!(first <= lastDay) || first * DAY > to) return;
    for (const plain of inPeriod(whole, first, Math.min(last, lastDay), spend)) {
      if (plain > to) return;
      if (plain >= start.plain) yield plain;
    }
  }
}

/** @returns whether the rule names its own DTSTART */
export function namesStart(rule: Rule, start: Start, spend: (steps: number) => void): boolean {
  const { value, done } = expand(rule, start, spend, { to: start.plain }).next();
  return !done && value === start.plain;
}

const weekOf = (day: number, weekStart: number) => day - ((weekdayOf(day) - weekStart + 7) % 7);

function filledIn(rule: Rule, start: Start): Whole {
  const at = new Date(start.plain);
  let { months, monthDays } = rule;
  let plainDays = rule.days.filter(({ nth }) => nth === 0).map(({ weekday }) => weekday);
  const free = [rule.weeks, rule.yearDays, monthDays, rule.days].every((part) => part.length === 0);
  if (free && rule.frequency === 'YEARLY' && months.length === 0) months = [at.getUTCMonth() + 1];
  if (free && (rule.frequency === 'YEARLY' || rule.frequency === 'MONTHLY')) monthDays = [at.getUTCDate()];
  if (free && rule.frequency === 'WEEKLY') plainDays = [weekdayOf(dayOf(start.plain))];
  const own = (part: readonly number[], else_: number) =>
    start.isDay ? [0] : part.length > 0 ? part : [else_];
  const times = own(rule.hours, at.getUTCHours()).flatMap((hour) =>
    own(rule.minutes, at.getUTCMinutes()).flatMap((minute) =>
      own(rule.seconds, at.getUTCSeconds()).map((second) => ((hour * 60 + minute) * 60 + second) * 1000),
    ),
  );
  return {
    ...rule,
    months,
    monthDays,
    weekdays: new Set(plainDays),
    times: times.sort((a, b) => a - b),
  };
}

/** All of one period, also what is before DTSTART: positions (BYSETPOS) count from its beginning. */
function inPeriod(rule: Whole, first: number, last: number, spend: (steps: number) => void): number[] {
  const days: number[] = [];
  for (let day = first; day <= last; ) {
    const month = monthOf(day);
    const end = Math.min(last, month.first + month.length - 1);
    spend(10);
    if (rule.months.length === 0 || rule.months.includes(month.month)) {
      spend(end - day + 1);
      for (; day <= end; day++) {
        if (fits(rule, day, month)) days.push(day);
      }
    }
    day = end + 1;
  }
  spend(days.length * rule.times.length);
  const all = days.flatMap((day) => rule.times.map((time) => day * DAY + time));
  if (rule.positions.length === 0) return all;
  const chosen = new Set(rule.positions.map((position) => all.at(position > 0 ? position - 1 : position)));
  return all.filter((plain) => chosen.has(plain));
}

/** What the days of one month have in common. Months count from 1. */
interface MonthFacts {
  readonly month: number;
  readonly first: number;
  readonly length: number;
  readonly yearStart: number;
  readonly yearLength: number;
}

function monthOf(day: number): MonthFacts {
  const date = new Date(day * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const [first, yearStart] = [firstOfMonth(year, month), firstOfMonth(year, 0)];
  return {
    month: month + 1,
    first,
    length: firstOfMonth(year, month + 1) - first,
    yearStart,
    yearLength: firstOfMonth(year + 1, 0) - yearStart,
  };
}

/** A number from the beginning, or one from the end. */
const named = (list: readonly number[], at: number, length: number) =>
  list.length === 0 || list.includes(at) || list.includes(at - length - 1);

function fits(rule: Whole, day: number, month: MonthFacts): boolean {
  return (
    named(rule.monthDays, day - month.first + 1, month.length) &&
    named(rule.yearDays, day - month.yearStart + 1, month.yearLength) &&
    fitsWeekday(rule, day, month) &&
    (rule.weeks.length === 0 || fitsWeek(rule, day))
  );
}

function fitsWeekday(rule: Whole, day: number, month: MonthFacts): boolean {
  const weekday = weekdayOf(day);
  if (rule.weekdays.has(weekday)) return true;
  if (rule.days.length === 0) return rule.weekdays.size === 0;
  const inMonth = rule.frequency === 'MONTHLY' || rule.months.length > 0;
  const at = day - (inMonth ? month.first : month.yearStart) + 1;
  const length = inMonth ? month.length : month.yearLength;
  const nth = Math.ceil(at / 7);
  const nthFromEnd = -Math.ceil((length - at + 1) / 7);
  return rule.days.some((one) => one.weekday === weekday && (one.nth === nth || one.nth === nthFromEnd));
}

/** Weeks belong to the year in which they have at least four days (ISO 8601), whatever day they begin with. */
function fitsWeek(rule: Whole, day: number): boolean {
  const week = weekOf(day, rule.weekStart);
  const year = new Date((week + 3) * DAY).getUTCFullYear();
  const firstWeek = (of: number) => weekOf(firstOfMonth(of, 0) + 3, rule.weekStart);
  const number = (week - firstWeek(year)) / 7 + 1;
  return named(rule.weeks, number, (firstWeek(year + 1) - firstWeek(year)) / 7);
}

/**
 * In the week of DTSTART, some count positions from its first day, as the format says, and some from DTSTART.
 * @throws LeftOut where that makes a difference
 */
function mustBeClearAtFirst(rule: Whole, start: Start): void {
  if (rule.positions.length === 0) return;
  const first = weekOf(dayOf(start.plain), rule.weekStart);
  const from = (day: number) =>
    inPeriod(rule, day, first + 6, () => {}).filter((plain) => plain >= start.plain);
  if (from(first).join() !== from(dayOf(start.plain)).join()) {
    throw new LeftOut('rule-unclear', 'BYSETPOS in a week that has begun before the event');
  }
}
