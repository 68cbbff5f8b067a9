// Wall clocks of named zones, over daylight-saving changes too.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantOf, isZone, plain, wallTime } from './zone';

const at = (iso: string) => Date.parse(iso);
const zones = [
  'UTC',
  'Europe/Oslo',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Arctic/Longyearbyen',
];

describe('wall clocks', () => {
  test('a clock shows the time that it was asked for, wherever that time is shown', () => {
    const time = fc.integer({
      min: at('2000-01-01T00:00:00Z') / 1000,
      max: at('2037-01-01T00:00:00Z') / 1000,
    });
    fc.assert(
      fc.property(time, fc.constantFrom(...zones), (seconds, zone) => {
        const wall = wallTime(seconds * 1000, zone);
        const found = instantOf(wall, zone);
        expect(plain(wallTime(found, zone))).toBe(plain(wall));
        // A time that comes twice is the first of the two.
        expect(found).toBeLessThanOrEqual(seconds * 1000);
        expect(seconds * 1000 - found).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 300 },
    );
  });

  test('a time that the clocks leave out is as much later', () => {
    const wall = { year: 2026, month: 3, day: 29, hour: 2, minute: 30, second: 0 };
    expect(new Date(instantOf(wall, 'Europe/Oslo')).toISOString()).toBe('2026-03-29T01:30:00.000Z');
  });

  test('a time that comes twice is the first', () => {
    const wall = { year: 2026, month: 10, day: 25, hour: 2, minute: 30, second: 0 };
    expect(new Date(instantOf(wall, 'Europe/Oslo')).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });

  test('a zone that nobody knows counts as UTC', () => {
    expect([isZone('Europe/Oslo'), isZone('Moon/Tycho')]).toEqual([true, false]);
    expect(plain(wallTime(at('2026-11-23T10:00:00Z'), 'Moon/Tycho'))).toBe(at('2026-11-23T10:00:00Z'));
  });
});
