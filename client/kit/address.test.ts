// Words of an address, as the router hands them over: read, missing, dropped.
// None of them may make a page fail.
import { expect, test } from 'vitest';
import { address, flag, oneOf, text, textLike, texts } from './address';

test('an address is read word by word: what cannot be read is missing, what is not known is dropped', () => {
  const read = address({
    q: text,
    all: flag,
    tags: texts,
    view: oneOf('day', 'week'),
    date: textLike(/^\d{4}$/),
  });
  expect(read({ q: 'x', all: true, tags: ['a'], view: 'week', date: '2026', other: 1 })).toEqual({
    q: 'x',
    all: true,
    tags: ['a'],
    view: 'week',
    date: '2026',
  });
  expect(read({ q: 1, all: 'true', tags: ['a', 1], view: 'year', date: '26' })).toEqual({});
  expect(Object.keys(read({}))).toEqual([]);
});
