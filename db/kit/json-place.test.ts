// The finder of JSON errors agrees with JSON.parse on what is JSON, and points at the right place.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonErrorPlace } from './json-place';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Texts near JSON: some JSON with a few pieces put in, taken out or doubled. */
const nearJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.array(
      fc.record({
        at: fc.nat({ max: 300 }),
        drop: fc.nat({ max: 3 }),
        put: fc.constantFrom(
          '',
          ',',
          '"',
          '\\',
          '{',
          '}',
          '[',
          ']',
          ':',
          '0',
          '-',
          '1e',
          'tru',
          '\n',
          '\u0001',
          '\\u12',
        ),
      }),
      { maxLength: 4 },
    ),
  )
  .map(([json, edits]) =>
    edits.reduce((text, e) => text.slice(0, e.at) + e.put + text.slice(e.at + e.drop), json),
  );

test('finds an error exactly where JSON.parse would', () => {
  fc.assert(
    fc.property(fc.oneof(nearJson, fc.json(), fc.string()), (text) => {
      expect(jsonErrorPlace(text) === null).toBe(isJson(text));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['', 1, 1, 'a value'],
  ['{"a": 1,}', 1, 9, 'a key in double quotes'],
  ['{"a": 1\n  "b": 2}', 2, 3, 'a comma or }'],
  ['[1, 2', 1, 6, 'a comma or ]'],
  ['[1]\n]', 2, 1, 'the end of the file'],
  ['{"a": "x\ny"}', 1, 9, 'the rest of a string'],
  ['{a: 1}', 1, 2, 'a key in double quotes'],
  ['[01]', 1, 3, 'a comma or ]'],
])('%j: line %i, column %i, %s', (text, line, column, expected) => {
  expect(jsonErrorPlace(text)).toEqual({ line, column, expected });
});

test('deep nesting and long strings do not exhaust the stack', () => {
  expect(jsonErrorPlace('['.repeat(1_000_000))?.column).toBe(1_000_001);
  expect(jsonErrorPlace(`"${'x'.repeat(5_000_000)}`)?.expected).toBe('the rest of a string');
});
