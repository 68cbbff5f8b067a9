// Comparing versions: each side can be read out of the comparison again, and it is no longer than it need be.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLists, diffWords } from './diff';

test('words that were put in and taken out are told, the rest is the same', () => {
  expect(diffWords('the red pump leaks', 'the blue pump leaks a lot')).toEqual([
    { op: 'same', text: 'the ' },
    { op: 'remove', text: 'red' },
    { op: 'add', text: 'blue' },
    { op: 'same', text: ' pump leaks' },
    { op: 'add', text: ' a lot' },
  ]);
});

test('both texts can be read out of their comparison', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'c', '.'), maxLength: 60 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const pieces = diffWords(before, after);
      const side = (not: string) => pieces.flatMap((p) => (p.op === not ? [] : [p.text])).join('');
      expect(side('add')).toBe(before);
      expect(side('remove')).toBe(after);
    }),
  );
});

test('no shorter way between two lists is missed', () => {
  const list = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 9 });
  const common = (a: number[], b: number[]): number => {
    if (a.length === 0 || b.length === 0) return 0;
    if (a[0] === b[0]) return 1 + common(a.slice(1), b.slice(1));
    return Math.max(common(a.slice(1), b), common(a, b.slice(1)));
  };
  fc.assert(
    fc.property(list, list, (a, b) => {
      expect(diffLists(a, b).filter((c) => c.op === 'same')).toHaveLength(common(a, b));
    }),
  );
});
