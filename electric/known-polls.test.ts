// What an earlier request said: known to its own person only, for a moment, within bounds.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KnownPolls, type Polls } from './known-polls';
import { readAsked } from './proxy';

const workspace = '0b6c3c1e-6f0e-4d0c-9f5a-0a3a35a6a0d1';
const polls = (userId: string, offset = '0_0'): Polls =>
  new Map([['1', readAsked('notice', workspace, Object.entries({ offset, handle: '1' }), userId)]]);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('A1: what one person asked for is not known to another, who would get their rows', () => {
  const known = new KnownPolls();
  const theirs = polls('ada');
  const since = known.keep('ada', theirs, undefined);
  expect(known.find(since, 'ben')).toBeNull();
  expect(known.find(since, 'ada')).toBe(theirs);
});

test('a request that is asked once more is still known; the one before is not, when the next one was named', () => {
  const known = new KnownPolls();
  const first = known.keep('ada', polls('ada'), undefined);
  const second = known.keep('ada', polls('ada'), first);
  // The answer with the second name may have been lost.
  expect(known.find(first, 'ada')).not.toBeNull();
  expect(known.find(second, 'ada')).not.toBeNull();
  expect(known.find(second, 'ada')).not.toBeNull();
  expect(known.find(first, 'ada')).toBeNull();
});

test('A5: it is forgotten after a minute, and when there is too much of it', () => {
  const known = new KnownPolls();
  const first = known.keep('ada', polls('ada'), undefined);
  vi.advanceTimersByTime(61_000);
  expect(known.find(first, 'ada')).toBeNull();
  const large: Polls = new Map(
    Array.from({ length: 256 }, (_, i) => [String(i), polls('ada', 'x'.repeat(200)).get('1')!]),
  );
  for (let i = 0; i < 1_000; i++) known.keep('eve', large, undefined);
  expect(known.count).toBeLessThan(200);
  const last = known.keep('ada', polls('ada'), undefined);
  expect(known.find(last, 'ada')).not.toBeNull();
});
