// Many live polls over one connection: the first answer ends the wait, nobody gets what is not theirs.
import { expect, test } from 'vitest';
import { until } from '../scripts/testing/until';
import { type LivePoll, liveRequest, pollLive } from './live';
import type { Upstream } from './proxy';

const mine = '0b6c3c1e-6f0e-4d0c-9f5a-0a3a35a6a0d1';
const theirs = 'c0ffee00-6f0e-4d0c-9f5a-0a3a35a6a0d2';

/** Long polls that answer when told to. */
function longPolls() {
  const open = new Map<string, (body: string) => void>();
  let aborted = 0;
  const upstream: Upstream = (params, signal) =>
    new Promise((answer, reject) => {
      const table = params.get('table')!;
      open.set(table, (body) => answer(new Response(body, { headers: { 'electric-offset': '5_0' } })));
      signal.addEventListener('abort', () => {
        open.delete(table);
        aborted++;
        reject(signal.reason);
      });
    });
  return { open, upstream, aborted: () => aborted };
}

function readerOf() {
  const asked: (readonly string[])[] = [];
  return {
    asked,
    userId: 'ada',
    mayRead: async (ids: readonly string[]) => {
      asked.push(ids);
      return new Set(ids.filter((id) => id === mine));
    },
  };
}

const poll = (table: string, workspace = mine, params: Record<string, string> = {}): LivePoll => ({
  id: `${table} of ${workspace}`,
  table,
  workspace,
  params: { offset: '0_0', handle: '1', live: 'true', ...params },
});
const tables = ['task', 'project', 'comment', 'label', 'member'];

test('R1: resolves with whoever answered first and aborts the rest', async () => {
  const polls = longPolls();
  const reader = readerOf();
  const stop = new AbortController();
  const running = pollLive(
    tables.map((t) => poll(t)),
    reader,
    polls.upstream,
    stop.signal,
  );
  await until('all polls to be open', () => polls.open.size === tables.length);
  polls.open.get('public.comment')!('[1]');
  polls.open.get('public.label')!('[2]');
  const results = await running;
  expect(results.map((r) => [r.id, r.status, r.body, r.headers['electric-offset']])).toEqual([
    [`comment of ${mine}`, 200, '[1]', '5_0'],
    [`label of ${mine}`, 200, '[2]', '5_0'],
  ]);
  await until('the others to be aborted', () => polls.aborted() === tables.length && polls.open.size === 0);
  expect(reader.asked).toEqual([[mine]]);
});

test('A1: polls of other workspaces, tables and parameters are refused, each by itself', async () => {
  const polls = longPolls();
  const results = await pollLive(
    [
      poll('task', theirs),
      poll('session'),
      poll('task', mine, { where: 'true' }),
      poll('task', mine, { live: 'false' }),
      poll('task', mine, { live_sse: 'true' }),
      poll('project', "' or true"),
      poll('label'),
    ],
    readerOf(),
    polls.upstream,
    new AbortController().signal,
  );
  expect(results.map((r) => [r.id.split(' ')[0], r.status, JSON.parse(r.body).error.kind])).toEqual([
    ['task', 403, 'forbidden'],
    ['session', 404, 'not-found'],
    ['task', 400, 'malformed'],
    ['task', 400, 'malformed'],
    ['task', 400, 'malformed'],
    ['project', 400, 'malformed'],
  ]);
});

test('the person who goes away takes every poll along', async () => {
  const polls = longPolls();
  const gone = new AbortController();
  const running = pollLive(
    tables.map((t) => poll(t)),
    readerOf(),
    polls.upstream,
    gone.signal,
  );
  await until('all polls to be open', () => polls.open.size === tables.length);
  gone.abort();
  await expect(running).rejects.toThrow();
  await until('nothing to be open', () => polls.open.size === 0);
});

test('an upstream that is away answers 503 for each poll', async () => {
  const results = await pollLive(
    tables.map((t) => poll(t)),
    readerOf(),
    () => Promise.reject(new Error('away')),
    new AbortController().signal,
  );
  expect(results.map((r) => [r.status, r.headers['retry-after']])).toEqual(tables.map(() => [503, '1']));
});

test('the number of polls in a request is limited', () => {
  const many = (count: number) => ({ polls: Array.from({ length: count }, () => poll('task')) });
  expect(liveRequest.safeParse(many(64)).success).toBe(true);
  expect(liveRequest.safeParse(many(65)).success).toBe(false);
  expect(liveRequest.safeParse(many(0)).success).toBe(false);
});
