// lanes.ts: no two pieces lie on each other, touching ones share a lane, a night is cut at midnight.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisOf } from './grid-time';
import { type GridColumn, segmentsOf } from './lanes';
import type { BookingRow, ResourceRow } from './queries';

const axis = axisOf(new Date(2026, 10, 23), 2);
const resource = { id: 'r' } as ResourceRow;
const columns: GridColumn[] = axis.days.map((day) => ({ key: day.key, day, resource }));

function booking(id: string, from: number, to: number, status = 'confirmed'): BookingRow {
  const at = (hours: number) => new Date(axis.days[0]!.start + hours * 3_600_000).toISOString();
  return { id, resource_id: 'r', starts: at(from), ends: at(to), status } as BookingRow;
}

test('touching bookings lie below each other, overlapping ones side by side, confirmed first', () => {
  const touching = segmentsOf(columns, [booking('a', 10, 11), booking('b', 11, 12)]);
  expect(touching.map(({ lane, lanes }) => [lane, lanes])).toEqual([
    [0, 1],
    [0, 1],
  ]);
  const clash = segmentsOf(columns, [booking('a', 10, 11, 'conflicted'), booking('b', 10, 11)]);
  expect(clash.map((s) => [s.booking.id, s.lane, s.lanes])).toEqual([
    ['b', 0, 2],
    ['a', 1, 2],
  ]);
});

test('a night is two pieces, each with its key', () => {
  const night = segmentsOf(columns, [booking('a', 22, 30)]);
  expect(
    night.map(({ key, column, top, bottom, first, last }) => [key, column, top, bottom, first, last]),
  ).toEqual([
    ['a-0', 0, 44, 48, true, false],
    ['a-1', 1, 0, 12, false, true],
  ]);
});

test('no two pieces of a column lie on each other', () => {
  const some = fc.array(fc.record({ from: fc.nat(90), length: fc.integer({ min: 1, max: 20 }) }), {
    maxLength: 25,
  });
  fc.assert(
    fc.property(some, (spans) => {
      const made = spans.map((s, i) => booking(String(i), s.from / 2, (s.from + s.length) / 2));
      const all = segmentsOf(columns, made);
      for (const a of all) {
        expect(a.lane).toBeLessThan(a.lanes);
        for (const b of all) {
          if (a === b || a.column !== b.column || a.bottom <= b.top || b.bottom <= a.top) continue;
          expect(a.lane).not.toBe(b.lane);
          expect(a.lanes).toBe(b.lanes);
        }
      }
    }),
  );
});
