// position.ts: a new key lies between its neighbours, and is one that the database takes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyBetween } from './position';

const shape = /^[0-9A-Za-z]{1,200}$/;

test('keys from our own program: strictly between', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { maxLength: 60 }), (places) => {
      const keys: string[] = [];
      for (const place of places) {
        const at = place % (keys.length + 1);
        const key = keyBetween(keys[at - 1] ?? null, keys[at] ?? null);
        expect(key).toMatch(shape);
        if (at > 0) expect(key > keys[at - 1]!).toBe(true);
        if (at < keys.length) expect(key < keys[at]!).toBe(true);
        keys.splice(at, 0, key);
      }
    }),
  );
});

test('equal or crossed neighbours, as two devices can make them: after the first', () => {
  const key = keyBetween('a1', 'a1');
  expect(key > 'a1').toBe(true);
  expect(keyBetween('a5', 'a1') > 'a5').toBe(true);
});

test('keys of other programs never make it fail', () => {
  const text = fc.stringMatching(/^[0-9A-Za-z]{1,12}$/);
  fc.assert(
    fc.property(fc.option(text), fc.option(text), (a, b) => {
      const key = keyBetween(a, b);
      expect(key).toMatch(shape);
      if (a !== null) expect(key > a).toBe(true);
      // Nothing lies between a text and that text with zeroes behind it.
      if (
        b !== null &&
        (a === null || a < b) &&
        !/^0*$/.test(b.startsWith(a ?? '') ? b.slice(a?.length ?? 0) : 'x')
      ) {
        expect(key < b).toBe(true);
      }
    }),
  );
});
