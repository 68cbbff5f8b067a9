// grid-time.ts: rows of ordinary days and of the two odd ones.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axisOf, missingRows, ROW_MS, rowsAt, spanText, timeAt } from './grid-time';

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const at = (iso: string) => Date.parse(iso);

test('an ordinary day has 48 rows, and places and times are each other’s inverse', () => {
  const { rows, days } = axisOf(at('2026-11-24T12:00:00Z'), 1);
  const day = days[0]!;
  expect(rows).toHaveLength(48);
  for (let t = day.start; t < day.end; t += ROW_MS / 2) {
    expect(timeAt(day, rowsAt(day, t))).toBe(t);
    expect(rowsAt(day, t, 'end')).toBe(rowsAt(day, t));
  }
  expect(rowsAt(day, day.end, 'end')).toBe(48);
  expect(timeAt(day, 48)).toBe(day.end);
});

test('the day on which the clocks go back has the hour twice, each with its own time', () => {
  const { rows, days } = axisOf(at('2026-10-25T12:00:00Z'), 1);
  const day = days[0]!;
  expect((day.end - day.start) / 3_600_000).toBe(25);
  expect(rows.map((row) => row.label).slice(3, 9)).toEqual([
    ...['01:30', '02:00', '02:30', '02:00', '02:30', '03:00'],
  ]);
  expect(rows.map((row) => row.again).slice(3, 9)).toEqual([false, false, false, true, true, false]);
  expect(timeAt(day, 4)).toBe(at('2026-10-25T00:00:00Z'));
  expect(timeAt(day, 6)).toBe(at('2026-10-25T01:00:00Z'));
});

test('in a week with a long day the other days lack the second hour', () => {
  const axis = axisOf(at('2026-10-19T12:00:00Z'), 7);
  expect(axis.rows).toHaveLength(50);
  const monday = axis.days[0]!;
  expect(missingRows(axis, monday)).toEqual([6, 7]);
  expect(missingRows(axis, axis.days[6]!)).toEqual([]);
  expect(rowsAt(monday, at('2026-10-19T01:00:00Z'))).toBe(8);
  // A booking until 03:00 ends above what is missing.
  expect(rowsAt(monday, at('2026-10-19T01:00:00Z'), 'end')).toBe(6);
  expect(timeAt(monday, 6)).toBe(at('2026-10-19T01:00:00Z'));
});

test('the day on which the clocks go forward lacks an hour', () => {
  const axis = axisOf(at('2026-03-23T12:00:00Z'), 7);
  expect(axis.rows).toHaveLength(48);
  const sunday = axis.days[6]!;
  expect((sunday.end - sunday.start) / 3_600_000).toBe(23);
  expect(missingRows(axis, sunday)).toEqual([4, 5]);
  expect(timeAt(sunday, 4)).toBe(at('2026-03-29T01:00:00Z'));
  expect(rowsAt(sunday, at('2026-03-29T01:00:00Z'))).toBe(6);
});

test('a span names its days only where there are two', () => {
  expect(spanText(at('2026-11-24T09:00:00Z'), at('2026-11-24T10:30:00Z'))).toBe('10:00–11:30');
  expect(spanText(at('2026-11-24T22:00:00Z'), at('2026-11-24T23:00:00Z'))).toBe('23:00–24:00');
  expect(spanText(at('2026-11-24T20:00:00Z'), at('2026-11-25T05:00:00Z'))).toBe('21:00–06:00 (+1)');
  expect(spanText(at('2026-11-24T09:00:00Z'), at('2026-11-25T10:00:00Z'))).toBe('24 Nov 10:00–25 Nov 11:00');
});
