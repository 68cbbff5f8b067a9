// What a device said before: known to its own person only, for a moment, within bounds.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { schema } from '../db/tables';
import { KnownPolls, type Line } from './known-polls';
import { readAsked } from './proxy';

const workspace = '0b6c3c1e-6f0e-4d0c-9f5a-0a3a35a6a0d1';
const poll = (userId: string, offset = '0_0') =>
  readAsked(schema, 'notice', workspace, Object.entries({ offset, handle: '1' }), userId);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A line with these polls, as after a request that was answered. */
function lineOf(known: KnownPolls, userId: string, ids: readonly string[], name?: string): Line {
  const line = known.line(name, userId);
  for (const id of ids) known.add(line, id, poll(userId));
  known.keep(
    line,
    ids.map((id) => ({ id })),
  );
  return line;
}

test('A1: what one person asked for is not known to another, who would get their rows', () => {
  const known = new KnownPolls();
  const { name } = lineOf(known, 'ada', ['1']);
  const theirs = known.line(name, 'ben');
  expect(theirs.name).not.toBe(name);
  expect(theirs.polls.size).toBe(0);
  expect(known.line(name, 'ada').polls.get('1')).toBeDefined();
});

test('what a request named is known to the next one; the polls of long ago are not', () => {
  const known = new KnownPolls();
  const { name } = lineOf(known, 'ada', ['always', 'once']);
  for (let i = 0; i < 100; i++) {
    const line = known.line(name, 'ada');
    known.add(line, String(i), poll('ada'));
    known.keep(line, [{ id: 'always' }, { id: String(i) }]);
    expect([...line.polls.keys()]).toEqual(expect.arrayContaining(['always', String(i)]));
    expect(line.polls.size).toBeLessThan(40);
  }
  expect(known.line(name, 'ada').polls.has('once')).toBe(false);
});

test('A5: it is forgotten after a minute, and when there is too much of it', () => {
  const known = new KnownPolls();
  const first = lineOf(known, 'ada', ['1']);
  vi.advanceTimersByTime(61_000);
  expect(known.line(first.name, 'ada').polls.size).toBe(0);
  const many = Array.from({ length: 256 }, (_, i) => String(i));
  for (let i = 0; i < 1_000; i++) lineOf(known, 'eve', many);
  expect(known.count).toBeGreaterThan(10);
  expect(known.count).toBeLessThan(400);
  const last = lineOf(known, 'ada', ['1']);
  expect(known.line(last.name, 'ada')).toBe(last);
});
