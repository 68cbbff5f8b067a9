// Ranges and weekly repetition, over daylight-saving changes too.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wallTime } from '../kit/zone';
import { formatRange, overlaps, parseRange } from './range';
import { MAX_OCCURRENCES, weekly } from './repetition';

const at = (iso: string) => Date.parse(iso);

describe('ranges', () => {
  test('what is written is read again', () => {
    const time = fc.integer({ min: at('1970-01-01T00:00:00Z'), max: at('2100-01-01T00:00:00Z') });
    fc.assert(
      fc.property(time, fc.integer({ min: 1, max: 5e9 }), (start, lasts) => {
        const span = { start, end: start + lasts };
        expect(parseRange(formatRange(span))).toEqual(span);
      }),
    );
  });

  test.each([
    [
      '["2026-11-23 10:00:00+00","2026-11-23 11:00:00.5+00")',
      '2026-11-23T10:00:00Z',
      '2026-11-23T11:00:00.5Z',
    ],
    ['[2026-11-23 10:00:00+05:30,2026-11-23T11:00:00Z)', '2026-11-23T04:30:00Z', '2026-11-23T11:00:00Z'],
  ])('Postgres’s own way of writing: %s', (text, start, end) => {
    expect(parseRange(text)).toEqual({ start: at(start), end: at(end) });
  });

  test.each([
    'empty',
    '(,)',
    '[2026-11-23,)',
    '["2026-11-23 11:00:00+00","2026-11-23 10:00:00+00")',
    '["x","y")',
    '',
  ])('nothing else is read: %s', (text) => expect(parseRange(text)).toBeNull());

  test('a span that does not begin before it ends is not written', () => {
    expect(() => formatRange({ start: 5, end: 5 })).toThrow(RangeError);
    expect(() => formatRange({ start: Number.NaN, end: 5 })).toThrow(RangeError);
  });

  test('spans that touch do not overlap', () => {
    expect(overlaps({ start: 10, end: 11 }, { start: 11, end: 12 })).toBe(false);
    expect(overlaps({ start: 10, end: 12 }, { start: 11, end: 13 })).toBe(true);
  });
});

describe('weekly repetition', () => {
  test('the clocks show the same each week, over both changes of a year', () => {
    const first = { start: at('2026-03-02T09:00:00Z'), end: at('2026-03-02T10:30:00Z') };
    const spans = weekly(first, 'Europe/Oslo', { count: 45 });
    expect(spans).toHaveLength(45);
    for (const span of spans) {
      const { hour, minute } = wallTime(span.start, 'Europe/Oslo');
      expect([hour, minute, span.end - span.start]).toEqual([10, 0, 5_400_000]);
    }
    const utc = spans.map((s) => new Date(s.start).getUTCHours());
    expect([utc[0], utc[3], utc[4], utc[33], utc[34]]).toEqual([9, 9, 8, 8, 9]);
  });

  test('one that falls into the hour that is left out or comes twice still lasts', () => {
    for (const first of [
      { start: at('2026-03-22T01:15:00Z'), end: at('2026-03-22T01:45:00Z') },
      { start: at('2026-03-22T00:30:00Z'), end: at('2026-03-22T01:30:00Z') },
      { start: at('2026-10-18T00:30:00Z'), end: at('2026-10-18T01:15:00Z') },
    ]) {
      for (const span of weekly(first, 'Europe/Oslo', { count: 3 }))
        expect(span.end).toBeGreaterThan(span.start);
    }
  });

  test('it ends with its last day, its count, or after two years', () => {
    const first = { start: at('2026-01-05T09:00:00Z'), end: at('2026-01-05T10:00:00Z') };
    expect(weekly(first, 'UTC', { until: at('2026-01-26T09:00:00Z') })).toHaveLength(4);
    expect(weekly(first, 'UTC', { until: at('2026-01-26T08:59:59Z') })).toHaveLength(3);
    expect(weekly(first, 'UTC', { count: 1000 })).toHaveLength(MAX_OCCURRENCES);
    expect(weekly(first, 'UTC', { until: Number.MAX_SAFE_INTEGER })).toHaveLength(MAX_OCCURRENCES);
    expect(weekly(first, 'UTC', { until: 0 })).toEqual([first]);
  });
});
