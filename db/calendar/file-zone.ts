// A time zone that a calendar file brings along (VTIMEZONE), as a clock.
import { fromPlain, plain, type WallTime } from '../kit/zone';
import type { Budget } from './budget';
import type { Component } from './component';
import { expand } from './expand';
import { LeftOut } from './problem';
import { parseRule, type Rule } from './rule';

/** From this moment on (ms) the clock is this much ahead of UTC (ms). */
interface Change {
  readonly at: number;
  readonly offset: number;
}

/** Changes of the clocks are followed from and to here, plain ms. */
const earliest = Date.UTC(1900, 0, 1);
const latest = Date.UTC(2200, 0, 1);
const DAY = 86_400_000;

/** A clock on the wall somewhere. */
export interface Clock {
  /** When it shows this, ms since 1970. */
  instant(wall: WallTime): number;
  /** What it shows at this time. */
  wall(at: number): WallTime;
}

/** @returns null where the zone is not told in a way that is understood; then its name may still say it */
export function fileClock(component: Component, budget: Budget): Clock | null {
  if (component.bad.length > 0 || !component.closed) return null;
  const parts = [...component.childrenOf('STANDARD'), ...component.childrenOf('DAYLIGHT')];
  if (parts.length === 0) return null;
  try {
    let before: Change | null = null;
    const changes = parts.flatMap((part) => {
      const { from, all } = changesOf(part, budget);
      const first = all[0];
      if (first && (before === null || first.at < before.at)) before = { at: first.at, offset: from };
      return all;
    });
    if (before === null) return null;
    return clockOf(
      (before as Change).offset,
      changes.sort((a, b) => a.at - b.at),
    );
  } catch (error) {
    if (error instanceof LeftOut) return null;
    throw error;
  }
}

/** @throws LeftOut */
function changesOf(part: Component, budget: Budget): { from: number; all: Change[] } {
  const value = (name: string) => part.first(name)?.value ?? '';
  const [from, to] = [offsetOf(value('TZOFFSETFROM')), offsetOf(value('TZOFFSETTO'))];
  const start = plainOf(value('DTSTART'));
  const rules = part.all('RRULE');
  if (rules.length > 1 || part.bad.length > 0 || !part.closed) throw new LeftOut('two-rules');
  const onsets = [start];
  for (const { value: text } of rules) {
    const rule = parseRule(text);
    onsets.push(...onsetsOf(rule, start, from, budget.rule()));
  }
  for (const { value: dates } of part.all('RDATE')) {
    for (const date of dates.split(',')) onsets.push(plainOf(date));
  }
  const all = [...new Set(onsets)].sort((a, b) => a - b).map((at) => ({ at: at - from, offset: to }));
  return { from, all };
}

function onsetsOf(rule: Rule, start: number, from: number, spend: (steps: number) => void): number[] {
  const { until, count } = rule;
  // What is before is not needed, but has to be counted.
  const skipTo = count === null ? Math.max(start, earliest) : start;
  // The end is a time in UTC; a day there is the whole day.
  const end = until === null ? latest : until.sort === 'utc' ? until.plain + from : until.plain + DAY - 1;
  const onsets: number[] = [];
  let counted = 0;
  for (const onset of expand(rule, { plain: start, isDay: false }, spend, { from: skipTo, to: latest })) {
    if (onset > end || (count !== null && ++counted > count)) break;
    onsets.push(onset);
  }
  return onsets;
}

/** "+0130" or "-013000" in ms. @throws LeftOut */
function offsetOf(text: string): number {
  const [, sign, hours, minutes, seconds] = /^([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?$/.exec(text.trim()) ?? [];
  if (hours === undefined) throw new LeftOut('zone', text);
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0)) * 1000;
  if (size >= DAY) throw new LeftOut('zone', text);
  return sign === '-' ? -size : size;
}

/** @throws LeftOut */
function plainOf(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?$/i.exec(text.trim()) ?? [];
  const iso = `${year}-${month}-${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}Z`;
  const at = Date.parse(iso);
  if (Number.isNaN(at)) throw new LeftOut('zone', text);
  return at;
}

function clockOf(before: number, changes: readonly Change[]): Clock {
  const offsetAt = (at: number): number => {
    let [low, high] = [0, changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (changes[middle]!.at <= at) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? before : changes[low - 1]!.offset;
  };
  return {
    wall: (at) => fromPlain(at + offsetAt(at)),
    // A time shown twice is the first; one left out is as much later as the clocks are put forward.
    instant(wall: WallTime) {
      const wanted = plain(wall);
      const offsets = [offsetAt(wanted - DAY), offsetAt(wanted + DAY)];
      const shown = offsets.map((offset) => wanted - offset).filter((at) => at + offsetAt(at) === wanted);
      return shown.length > 0 ? Math.min(...shown) : wanted - offsets[0]!;
    },
  };
}
