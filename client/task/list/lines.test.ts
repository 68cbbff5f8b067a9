// lines.ts: lines and tasks map onto each other, and windows cover exactly their lines.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { statuses, type TaskStatus } from '../facts';
import { flatten, lineAt, lineOf, rowsWithin } from './lines';

const groupings = fc.record({
  counts: fc.array(fc.nat(30), { minLength: statuses.length, maxLength: statuses.length }),
  closed: fc.subarray([...statuses]),
  hideEmpty: fc.boolean(),
});

test('every line is a header or a task, and back again', () => {
  fc.assert(
    fc.property(groupings, ({ counts, closed, hideEmpty }) => {
      const map = new Map<TaskStatus, number>(statuses.map((status, i) => [status, counts[i]!]));
      const groups = flatten(statuses, map, closed, hideEmpty);
      const total = groups.at(-1)?.end ?? 0;
      for (let line = 0; line < total; line++) {
        const at = lineAt(groups, line)!;
        if (at.index !== undefined) expect(lineOf(groups, at.status, at.index)).toBe(line);
      }
      expect(lineAt(groups, total)).toBeNull();
    }),
  );
});

test('a window asks for exactly the tasks on its lines', () => {
  fc.assert(
    fc.property(groupings, fc.nat(100), fc.nat(60), ({ counts, closed, hideEmpty }, from, size) => {
      const map = new Map<TaskStatus, number>(statuses.map((status, i) => [status, counts[i]!]));
      const groups = flatten(statuses, map, closed, hideEmpty);
      const wanted = new Set<string>();
      for (let line = from; line < from + size; line++) {
        const at = lineAt(groups, line);
        if (at?.index !== undefined) wanted.add(`${at.status}${at.index}`);
      }
      const got = rowsWithin(groups, from, from + size).flatMap((slice) =>
        Array.from({ length: slice.limit }, (_, i) => `${slice.status}${slice.offset + i}`),
      );
      expect(new Set(got)).toEqual(wanted);
      expect(got.length).toBe(wanted.size);
    }),
  );
});
