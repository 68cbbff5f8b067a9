// Time as the grid of the calendar has it: days of the viewer's zone, cut into rows of half an hour. A day of 23 or 25
// hours has fewer or more rows; in a week they share one axis, and a day lacks the rows that it does not have.
import { addDays, endOfDay, startOfDay, startOfWeek } from 'date-fns';
import { format } from '../kit/when';

/** Height of time that one row stands for, ms. */
export const ROW_MS = 30 * 60_000;
/** What dragging and the arrow keys move by, ms. */
export const STEP_MS = 15 * 60_000;
const STEPS_PER_ROW = ROW_MS / STEP_MS;

export interface GridRow {
  /** Wall clock time, HH:mm. */
  readonly label: string;
  /** The clocks went back: this time of day comes a second time. */
  readonly again: boolean;
}

export interface GridDay {
  /** YYYY-MM-DD */
  readonly key: string;
  /** ms since 1970: its first moment, and the first one after it. */
  readonly start: number;
  readonly end: number;
  /** For each half hour of the day, in order: its row on the axis. */
  readonly rows: readonly number[];
}

export interface Axis {
  readonly rows: readonly GridRow[];
  readonly days: readonly GridDay[];
}

export const dayKey = (at: Date | number): string => format(at, 'yyyy-MM-dd');

/** The first moment of the day after. */
const dayAfter = (start: number): number => startOfDay(addDays(new Date(start), 1)).getTime();

/** @param first any time of the first day. @param count how many days follow each other */
export function axisOf(first: Date | number, count: number): Axis {
  const days: { key: string; start: number; end: number; rows: GridRow[] }[] = [];
  for (let i = 0, start = startOfDay(first).getTime(); i < count; i++) {
    const end = dayAfter(start);
    const seen = new Set<string>();
    const rows: GridRow[] = [];
    for (let t = start; t < end; t += ROW_MS) {
      const label = format(t, 'HH:mm');
      rows.push({ label, again: seen.has(label) });
      seen.add(label);
    }
    days.push({ key: dayKey(start), start, end, rows });
    start = end;
  }
  // No week has both a short day and a long one: the longest day has every row.
  const axis = days.reduce((a, b) => (b.rows.length > a.rows.length ? b : a)).rows;
  const name = (row: GridRow) => `${row.label}${row.again ? '+' : ''}`;
  const index = new Map(axis.map((row, i) => [name(row), i]));
  return {
    rows: axis,
    days: days.map((day) => ({ ...day, rows: day.rows.map((row) => index.get(name(row))!) })),
  };
}

/** Where on the axis a time of the day is, in rows; `end` asks for the far side of the half hour before it. */
export function rowsAt(day: GridDay, at: number, side: 'start' | 'end' = 'start'): number {
  const halves = (Math.min(Math.max(at, day.start), day.end) - day.start) / ROW_MS;
  const i = Math.min(
    day.rows.length - 1,
    side === 'end' ? Math.max(0, Math.ceil(halves) - 1) : Math.floor(halves),
  );
  return day.rows[i]! + (halves - i);
}

/**
 * The time at a place of the axis, on a step of the grid.
 * @param rows place in rows; a row that the day lacks means the next one that it has
 * @param round how it comes to a step
 */
export function timeAt(day: GridDay, rows: number, round: 'floor' | 'nearest' = 'floor'): number {
  const steps = Math[round === 'floor' ? 'floor' : 'round'](rows * STEPS_PER_ROW);
  const row = Math.floor(steps / STEPS_PER_ROW);
  const i = day.rows.findIndex((r) => r >= row);
  if (i < 0) return day.end;
  const within = day.rows[i] === row ? steps - row * STEPS_PER_ROW : 0;
  return Math.min(day.end, day.start + i * ROW_MS + within * STEP_MS);
}

/** Rows of the axis that a day does not have, because its clocks go forward there. */
export function missingRows(axis: Axis, day: GridDay): number[] {
  const has = new Set(day.rows);
  return axis.rows.flatMap((_, i) => (has.has(i) ? [] : [i]));
}

export const weekOf = (at: Date | number): Date => startOfWeek(at, { weekStartsOn: 1 });

/** "10:00–11:30"; "21:00–06:00 (+1)" into the next day; with the days where it is longer. */
export function spanText(start: number, end: number): string {
  if (dayKey(start) === dayKey(end - 1)) {
    return `${format(start, 'HH:mm')}–${end === endOfDay(start).getTime() + 1 ? '24:00' : format(end, 'HH:mm')}`;
  }
  if (end - start < 86_400_000) return `${format(start, 'HH:mm')}–${format(end, 'HH:mm')} (+1)`;
  return `${format(start, 'd MMM HH:mm')}–${format(end, 'd MMM HH:mm')}`;
}

/** "Tue 24 Nov, 10:00–11:30" */
export function whenText(start: number, end: number): string {
  const sameYear = new Date(start).getFullYear() === new Date().getFullYear();
  if (end - start >= 86_400_000 && dayKey(start) !== dayKey(end - 1)) return spanText(start, end);
  return `${format(start, sameYear ? 'EEE d MMM' : 'EEE d MMM yyyy')}, ${spanText(start, end)}`;
}
