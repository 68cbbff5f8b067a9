// Versions of one event, or of one date of it, in a file: which one counts.
import { type Clocks, instantOfMoment } from './clock';
import type { Component } from './component';
import { LeftOut } from './problem';

/** An event of the file as it was found. */
export interface Found {
  readonly event: Component;
  readonly clocks: Clocks;
  readonly uid: string;
  /** All of the file's events are cancelled by its METHOD. */
  readonly cancels: boolean;
  /** It is there, but it cannot be relied on. */
  readonly fault: LeftOut | null;
}

/** The later counts by SEQUENCE, then by these. */
const stamps = ['DTSTAMP', 'LAST-MODIFIED'] as const;

/** What of an event this reader goes by: versions that agree in it are one. */
const read = new Set(
  'DTSTART DTEND DURATION RRULE RDATE EXDATE EXRULE RECURRENCE-ID SUMMARY DESCRIPTION STATUS TRANSP CLASS'.split(
    ' ',
  ),
);

/** @returns the newest versions: one, or several that are as new and say something else. */
export function newest(versions: readonly Found[]): Found[] {
  if (versions.length < 2) return [...versions];
  const ranked = versions.map((found) => ({ found, rank: rankOf(found) }));
  const top = ranked.reduce((best, one) => (compare(one.rank, best.rank) > 0 ? one : best), ranked[0]!);
  const sayings = new Map<string, Found>();
  for (const { found, rank } of ranked) {
    if (compare(rank, top.rank) !== 0) continue;
    const said = saying(found);
    if (!sayings.has(said)) sayings.set(said, found);
  }
  return [...sayings.values()];
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [i, value] of one.entries()) {
    if (value !== other[i]) return value > other[i]! ? 1 : -1;
  }
  return 0;
}

function rankOf({ event, clocks }: Found): number[] {
  const sequence = Number(event.first('SEQUENCE')?.value.trim() ?? 0);
  return [
    Number.isInteger(sequence) ? sequence : 0,
    ...stamps.map((name) => {
      const property = event.first(name);
      try {
        return property ? instantOfMoment(clocks.moment(property)) : Number.NEGATIVE_INFINITY;
      } catch (error) {
        if (error instanceof LeftOut) return Number.NEGATIVE_INFINITY;
        throw error;
      }
    }),
  ];
}

function saying({ event, clocks, cancels, fault }: Found): string {
  const lines = event.properties
    .filter(({ name }) => read.has(name))
    .map(({ name, parameters, value }) => JSON.stringify([name, [...parameters].sort(), value.trim()]));
  const start = event.first('DTSTART');
  let at: number | null = null;
  try {
    // Two calendars of a file may mean different zones by one name.
    at = start ? instantOfMoment(clocks.moment(start)) : null;
  } catch (error) {
    if (!(error instanceof LeftOut)) throw error;
  }
  return JSON.stringify([[...new Set(lines)].sort(), at, cancels, fault?.message]);
}
