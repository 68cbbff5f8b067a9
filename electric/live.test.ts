// Many live polls over one connection: the first answer ends the wait, nobody gets what is not theirs.
import { expect, test } from 'vitest';
import { type LiveAnswer, type LiveRequest, limits, liveAnswer, liveRequest } from '../db/sync/wire';
import { schema } from '../db/tables';
import { until } from '../scripts/testing/until';
import { KnownPolls } from './known-polls';
import { type LivePoll, type LiveReader, pollLive } from './live';
import { LiveHub } from './live-hub';
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

/** Ada, who is in one workspace until `change` is called. */
function readerOf() {
  let tag = 'now';
  let tell = () => {};
  const reader: LiveReader = {
    userId: 'ada',
    memberships: async () => ({ workspaceIds: new Set(tag === 'now' ? [mine] : []), tag }),
    onChange(listener) {
      tell = listener;
      return () => {};
    },
  };
  return Object.assign(reader, {
    change(to: string) {
      tag = to;
      tell();
    },
  });
}

/** One live request at a hub of its own, where polls that nobody waits for end soon. */
async function askLive(
  request: LiveRequest,
  reader: LiveReader,
  upstream: Upstream,
  signal: AbortSignal,
): Promise<LiveAnswer> {
  const door = { hub: new LiveHub(upstream, { lingerMs: 50 }), known: new KnownPolls(), schema };
  const { line: _, ...answer } = liveAnswer.parse(
    JSON.parse(await pollLive(request, reader, door, [signal])),
  );
  return answer;
}

const asks = (...polls: LivePoll[]) => ({ memberships: 'now', polls });
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
  const running = askLive(asks(...tables.map((t) => poll(t))), reader, polls.upstream, stop.signal);
  await until('all polls to be open', () => polls.open.size === tables.length);
  polls.open.get('public.comment')!('[1]');
  polls.open.get('public.label')!('[2]');
  const { results } = await running;
  expect(results.map((r) => [r.id, r.status, r.body, r.headers['electric-offset']])).toEqual([
    [`comment of ${mine}`, 200, '[1]', '5_0'],
    [`label of ${mine}`, 200, '[2]', '5_0'],
  ]);
  await until('the others to be aborted', () => polls.aborted() === tables.length && polls.open.size === 0);
});

test('A1: polls of other workspaces, tables and parameters are refused, each by itself', async () => {
  const polls = longPolls();
  const { results } = await askLive(
    asks(
      poll('task', theirs),
      poll('session'),
      poll('task', mine, { where: 'true' }),
      poll('task', mine, { live: 'false' }),
      poll('task', mine, { live_sse: 'true' }),
      poll('project', "' or true"),
      poll('label'),
    ),
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
  const running = askLive(asks(...tables.map((t) => poll(t))), readerOf(), polls.upstream, gone.signal);
  await until('all polls to be open', () => polls.open.size === tables.length);
  gone.abort();
  await expect(running).rejects.toThrow();
  await until('nothing to be open', () => polls.open.size === 0);
});

test('an upstream that is away answers 503 for each poll', async () => {
  const { results } = await askLive(
    asks(...tables.map((t) => poll(t))),
    readerOf(),
    () => Promise.reject(new Error('away')),
    new AbortController().signal,
  );
  expect(results.map((r) => [r.status, r.headers['retry-after']])).toEqual(tables.map(() => [503, '1']));
});

test('R6: memberships that are others than the device knows end the request at once, before and while it waits', async () => {
  const polls = longPolls();
  const reader = readerOf();
  const { signal } = new AbortController();
  const old = await askLive({ memberships: 'before', polls: [poll('task')] }, reader, polls.upstream, signal);
  expect(old).toEqual({ membershipsChanged: true, results: [] });
  // Without a poll it is the change that is waited for.
  for (const request of [asks(poll('task')), asks()]) {
    const running = askLive(request, reader, polls.upstream, signal);
    if (request.polls.length > 0) await until('the poll to be open', () => polls.open.size === 1);
    // Somebody else's memberships: nothing happens.
    reader.change('now');
    reader.change('later');
    expect(await running).toEqual({ membershipsChanged: true, results: [] });
    await until('nothing to be open', () => polls.open.size === 0);
    reader.change('now');
  }
});

test('the number of polls in a request is limited', () => {
  const many = (count: number) => asks(...Array.from({ length: count }, () => poll('task')));
  expect(liveRequest.safeParse(many(limits.livePolls)).success).toBe(true);
  expect(liveRequest.safeParse(many(limits.livePolls + 1)).success).toBe(false);
  expect(liveRequest.safeParse(many(0)).success).toBe(true);
});
