// A repetition rule (RRULE of RFC 5545) from its text. What is not understood, or read differently by calendars, is
// refused; what is only written unusually (spaces, small letters) is read.
import { LeftOut } from './problem';

export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** Which moment a rule ends at, as it is written; the last one is included. */
export interface Until {
  /** As if UTC, ms. */
  readonly plain: number;
  readonly sort: 'day' | 'wall' | 'utc';
}

export interface RuleDay {
  /** 0: each such day; else the nth of the month or year, from the end when negative. */
  readonly nth: number;
  /** 0 for Monday to 6 for Sunday. */
  readonly weekday: number;
}

/** An empty list: the part is not there. */
export interface Rule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | null;
  readonly until: Until | null;
  /** First day of the week, 0 for Monday. */
  readonly weekStart: number;
  readonly months: readonly number[];
  readonly monthDays: readonly number[];
  readonly yearDays: readonly number[];
  readonly weeks: readonly number[];
  readonly days: readonly RuleDay[];
  readonly positions: readonly number[];
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
}

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const known = new Set(
  `FREQ INTERVAL COUNT UNTIL WKST BYMONTH BYMONTHDAY BYYEARDAY BYWEEKNO BYDAY BYSETPOS BYHOUR BYMINUTE BYSECOND RSCALE SKIP`.split(
    ' ',
  ),
);

/** @throws LeftOut */
export function parseRule(text: string): Rule {
  const parts = partsOf(text);
  const bad = (name: string) => new LeftOut('rule-part', `${name}=${parts.get(name)}`);
  const number = (name: string, value: string, least: number, most: number, mayCountBack = false): number => {
    const found = /^[+-]?\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    const size = mayCountBack ? Math.abs(found) : found;
    if (!(size >= least && size <= most)) throw bad(name);
    return found;
  };
  const one = (name: string, least: number): number | null => {
    const value = parts.get(name);
    return value === undefined ? null : number(name, value, least, 999_999_999);
  };
  const list = (name: string, least: number, most: number, mayCountBack = false): number[] => {
    const values = parts.get(name)?.split(',') ?? [];
    return [...new Set(values.map((value) => number(name, value, least, most, mayCountBack)))];
  };
  const frequency = parts.get('FREQ');
  if (['SECONDLY', 'MINUTELY', 'HOURLY'].includes(frequency ?? '')) throw new LeftOut('rule-often');
  if (!['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].includes(frequency ?? '')) {
    throw frequency === undefined ? new LeftOut('rule-part', text) : bad('FREQ');
  }
  if ((parts.get('RSCALE') ?? 'GREGORIAN') !== 'GREGORIAN') throw bad('RSCALE');
  if ((parts.get('SKIP') ?? 'OMIT') !== 'OMIT') throw bad('SKIP');
  const weekStart = weekdays.indexOf(parts.get('WKST') ?? 'MO');
  if (weekStart < 0) throw bad('WKST');
  const days = (parts.get('BYDAY')?.split(',') ?? []).map((value): RuleDay => {
    const [, nth, name] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(value) ?? [];
    const weekday = weekdays.indexOf(name ?? '');
    if (weekday < 0) throw bad('BYDAY');
    return { nth: nth === undefined ? 0 : number('BYDAY', nth, 1, 53, true), weekday };
  });
  const until = parts.get('UNTIL');
  const rule: Rule = {
    frequency: frequency as Frequency,
    interval: one('INTERVAL', 1) ?? 1,
    count: one('COUNT', 1),
    until: until === undefined ? null : untilOf(until),
    weekStart,
    months: list('BYMONTH', 1, 12),
    monthDays: list('BYMONTHDAY', 1, 31, true),
    yearDays: list('BYYEARDAY', 1, 366, true),
    weeks: list('BYWEEKNO', 1, 53, true),
    days,
    positions: list('BYSETPOS', 1, 366, true),
    hours: list('BYHOUR', 0, 23),
    minutes: list('BYMINUTE', 0, 59),
    seconds: list('BYSECOND', 0, 59),
  };
  mustBeClear(rule);
  return rule;
}

function partsOf(text: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.toUpperCase().replace(/\s+/g, '').split(';')) {
    if (part === '') continue;
    const [, name, value] = /^([A-Z-]+)=(.+)$/.exec(part) ?? [];
    if (name === undefined || !known.has(name) || parts.has(name)) throw new LeftOut('rule-part', part);
    parts.set(name, value!);
  }
  return parts;
}

function untilOf(text: string): Until {
  const [, year, month, day, time, hour, minute, second, utc] =
    /^(\d{4})(\d\d)(\d\d)(?:Z|(T(\d\d)(\d\d)(\d\d)(Z?)))?$/.exec(text) ?? [];
  const iso = `${year}-${month}-${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}.000Z`;
  const plain = Date.parse(iso);
  if (Number.isNaN(plain) || new Date(plain).toISOString() !== iso) {
    throw new LeftOut('rule-part', `UNTIL=${text}`);
  }
  return { plain, sort: time === undefined ? 'day' : utc === 'Z' ? 'utc' : 'wall' };
}

/** Combinations that the format forbids and that calendars read in more than one way. */
function mustBeClear(rule: Rule): void {
  const { frequency, days, weeks, monthDays } = rule;
  const unclear = (what: string) => new LeftOut('rule-unclear', what);
  if (rule.count !== null && rule.until !== null) throw unclear('COUNT together with UNTIL');
  if (weeks.length > 0 && frequency !== 'YEARLY') throw unclear(`BYWEEKNO in a ${frequency} rule`);
  if (weeks.length > 0 && days.length === 0) throw unclear('BYWEEKNO without BYDAY');
  if (frequency === 'WEEKLY' && monthDays.length > 0 && days.length === 0) {
    throw unclear('BYMONTHDAY in a WEEKLY rule');
  }
  if (frequency === 'WEEKLY' && rule.yearDays.length > 0 && days.length === 0) {
    throw unclear('BYYEARDAY in a WEEKLY rule');
  }
  const numbered = days.some(({ nth }) => nth !== 0);
  if (numbered && (weeks.length > 0 || frequency === 'DAILY' || frequency === 'WEEKLY')) {
    throw unclear('a numbered day in BYDAY there');
  }
}
