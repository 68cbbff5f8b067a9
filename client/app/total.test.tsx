// The parts of the interface that put values into words never fail, and a part that does fail costs itself only.
// @vitest-environment happy-dom
import fc from 'fast-check';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, test } from 'vitest';
import { spanText, whenText } from '../booking/grid-time';
import { Boundary } from '../kit/boundary';
import { Calendar } from '../kit/calendar';
import { keyBetween } from '../kit/position';
import { beginning, visible } from '../kit/visible';
import { ago, dueDay, exactTime, format } from '../kit/when';
import { readFrontMatter } from '../page/markdown/front-matter';
import { exportPaths, markdownFiles } from '../page/transfer/export-pages';
import { firstOf } from '../page/tree/page-icon';
import { buildTree } from '../page/tree/tree';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

/** What a device may hold: within the bounds, from before there were any, and no day at all. */
const day = fc.oneof(
  fc.constantFrom('1900-01-01', '2199-12-31', '20261-01-01', '4713-01-01 BC', 'infinity', '-infinity', ''),
  fc.string({ unit: 'binary' }),
  fc.date({ noInvalidDate: true }).map((at) => at.toISOString().slice(0, 10)),
);
const at = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, 8.64e15, 8.64e15 + 1, -8.64e15, 9.2e15),
  fc.date({ noInvalidDate: true }).map((d) => d.getTime()),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u200b', '\u3164', ' \t', '\u202e', '👩‍👩‍👧', 'Z\u0351\u036b', '\u0001'),
);

test('A5: moments and days are put into words, whatever they are', () => {
  fc.assert(
    fc.property(day, at, at, (written, one, other) => {
      for (const words of [
        dueDay(written).text,
        ago(written),
        ago(one, other),
        exactTime(one),
        exactTime(written),
        format(one, 'd MMM yyyy'),
      ]) {
        expect(words.length).toBeGreaterThan(0);
        expect(words).not.toContain('NaN');
        expect(words).not.toContain('Invalid');
      }
      expect(spanText(one, other)).not.toContain('Invalid');
      expect(whenText(one, other)).not.toContain('Invalid');
    }),
  );
});

test('A5: date-fns formats in one place of the interface, where a moment that is none has words', () => {
  const files = import.meta.glob<string>('../**/*.{ts,tsx}', {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  expect(Object.keys(files).length).toBeGreaterThan(100);
  const found = Object.entries(files)
    .filter(([name]) => !/when\.ts$|\.test\./.test(name))
    .filter(([, source]) =>
      [...source.matchAll(/import \{([^}]*)\} from 'date-fns'/g)].some(([, names]) =>
        /\b(format\w*|intlFormat)\b/.test(names!),
      ),
    )
    .map(([name]) => name);
  expect(found).toEqual([]);
});

test('A5: a calendar opens on whatever day it is given', async () => {
  for (const value of ['20261-01-01', 'infinity', '1900-01-01', '2199-12-31', '']) {
    const place = document.createElement('div');
    const root = createRoot(place);
    await act(async () => root.render(<Calendar value={value} onChange={() => {}} />));
    expect(place.querySelectorAll('[data-day]').length).toBeGreaterThan(27);
    await act(async () => root.unmount());
  }
});

test('A5: a name in which nothing can be seen has words, and every other name is itself', () => {
  fc.assert(
    fc.property(text, (name) => {
      const shown = visible(name, 'No visible name');
      expect([name, 'No visible name']).toContain(shown);
      expect(shown.trim()).not.toBe('');
      expect(/\p{L}\p{L}/u.test(name.replace(/\p{Default_Ignorable_Code_Point}/gu, '')) ? shown : name).toBe(
        name,
      );
    }),
  );
  for (const unseen of ['', ' ', '\u200b\u200d\ufeff', '\u0301', '\u0001\u007f', '\u3164', '\u2800']) {
    expect(visible(unseen, 'none')).toBe('none');
  }
});

test('A5: an icon is one character of a person, a beginning has no half of one', () => {
  expect([firstOf('👩‍👩‍👧‍👦🏳️‍🌈'), firstOf('WWWW'), firstOf('\u200b'), firstOf('')]).toEqual([
    '👩‍👩‍👧‍👦',
    'W',
    '',
    '',
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (whole, most) => {
      const part = beginning(whole, most);
      expect(whole.startsWith(part)).toBe(true);
      expect(part.length).toBeLessThanOrEqual(most);
      expect(/[\uD800-\uDBFF]$/.test(part)).toBe(false);
    }),
  );
});

test('A5: there is a place in the order between any two that the schema admits', () => {
  const position = fc.stringMatching(/^[0-9A-Za-z]{1,200}$/);
  fc.assert(
    fc.property(fc.option(position), fc.option(position), (before, after) => {
      expect(keyBetween(before, after)).toMatch(/^[0-9A-Za-z]+$/);
    }),
  );
});

test('A5: pages of any title become files, each with a path of its own, and their titles come back', () => {
  const rows = fc.array(fc.record({ title: text, icon: text }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(rows, (given) => {
      const tree = buildTree(
        given.map((row, i) => ({
          ...row,
          id: `00000000-0000-4000-8000-00000000000${i}`,
          parent_id: i % 3 === 2 ? `00000000-0000-4000-8000-00000000000${i - 1}` : null,
          position: 'a0',
          archived: false,
          deleted_at: null,
        })) as never,
      );
      const paths = exportPaths(tree, null);
      expect(new Set(paths.values()).size).toBe(given.length);
      for (const path of paths.values()) expect(path).toMatch(/^[\p{L}\p{N}\-/]+$/u);
      for (const file of markdownFiles(tree, paths, new Map())) {
        expect(readFrontMatter(file.text).title).not.toBeNull();
      }
    }),
  );
});

function Row({ row }: { row: { title: string } }) {
  if (row.title === 'bad') throw new Error('cannot be drawn');
  return <p>{row.title}</p>;
}

test('A5: a row that cannot be drawn costs itself only; it says so, can be copied, and is tried again when it changes', async () => {
  const place = document.createElement('div');
  const root = createRoot(place);
  let opened = 0;
  const list = (rows: { title: string }[]) =>
    rows.map((row, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: of a test
      <Boundary key={i} what="task" of={row} onOpen={() => opened++}>
        <Row row={row} />
      </Boundary>
    ));
  const quiet = console.error;
  console.error = () => {};
  try {
    await act(async () => root.render(list([{ title: 'one' }, { title: 'bad' }, { title: 'three' }])));
  } finally {
    console.error = quiet;
  }
  expect(place.textContent).toContain('one');
  expect(place.textContent).toContain('This task cannot be shown.');
  expect(place.textContent).toContain('three');
  expect([...place.querySelectorAll('button')].map((button) => button.textContent)).toEqual(['Open', 'Copy']);
  await act(async () => place.querySelector('button')!.click());
  expect(opened).toBe(1);
  await act(async () => root.render(list([{ title: 'one' }, { title: 'two' }, { title: 'three' }])));
  expect(place.textContent).toBe('onetwothree');
  await act(async () => root.unmount());
});
