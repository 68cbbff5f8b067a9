// zones.ts: clocks elsewhere, in words.
import { expect, test } from 'vitest';
import { differs, placeName, spanIn, timeIn, viewerZone } from './zones';

const at = Date.parse('2026-11-23T23:30:00Z');

test('the clocks of a zone, also past midnight and after a change of the hour', () => {
  expect(timeIn(at, 'Europe/Berlin')).toBe('00:30');
  expect(timeIn(Date.parse('2026-07-01T10:00:00Z'), 'Europe/Berlin')).toBe('12:00');
  expect(spanIn('Asia/Kolkata', at, at + 3_600_000)).toBe('05:00–06:00');
  expect(placeName('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
});

test('a zone differs by what its clocks show, not by its name', () => {
  expect(differs(viewerZone(), at)).toBe(false);
  expect(differs('Asia/Kolkata', at)).toBe(true);
});
