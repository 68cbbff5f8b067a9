// COPY gives back what it was given, whatever stands in it.
import type { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preparedBlob } from '../../scripts/prepare';
import { openPGlite } from '../open-node';
import { copyText } from './copy-text';

let pg: PGlite;
beforeAll(async () => {
  pg = await openPGlite({ loadDataDir: await preparedBlob() });
  await pg.exec('create temporary table copied (i int, a text, b text)');
});
afterAll(() => pg.close());

/** Texts that COPY, CSV or a shell would take for something else, and any others; Postgres has no U+0000. */
const text = fc.oneof(
  fc.constantFrom(
    '',
    '\\N',
    '\\.',
    '\\',
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\\n',
    '"',
    ',',
    "'",
    'null',
    ' ',
    '\u2028',
    '😀',
  ),
  fc.string({ unit: 'grapheme' }).map((s) => s.replaceAll('\0', '')),
  fc
    .array(fc.constantFrom('\\', '\t', '\n', '\r', 'N', '.', 'x'), { maxLength: 8 })
    .map((signs) => signs.join('')),
);
const value = fc.option(text, { nil: null });

test('R1: rows go in by COPY as they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }), async (rows) => {
      await pg.exec('truncate copied');
      await pg.query(`copy copied (i, a, b) from '/dev/blob'`, [], {
        blob: copyText(rows.map(([a, b], i) => [String(i), a, b])),
      });
      const { rows: found } = await pg.query<{ a: string | null; b: string | null }>(
        'select a, b from copied order by i',
      );
      expect(found.map(({ a, b }) => [a, b])).toEqual(rows);
    }),
    { numRuns: 200 },
  );
});
