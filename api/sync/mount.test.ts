// The core in an app that is not Outpost: other sessions, fewer tables, a feature and sentences of its own.
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { formatClock } from '../../db/sync/clock';
import { type Schema, tableOf } from '../../db/sync/schema';
import {
  type Membership,
  type Operation,
  PERSON_HEADER,
  PROTOCOL,
  type SessionAnswer,
  type Verdict,
  type WriteResponse,
} from '../../db/sync/wire';
import { schema as outpost } from '../../db/tables';
import { createShapeServer, type ShapeServer } from '../../electric/embedded/server';
import { embeddedUpstream } from '../../electric/proxy';
import { createTestDatabase, type TestDatabase } from '../../scripts/testing/postgres';
import { until } from '../../scripts/testing/until';
import { ApiFailure } from './errors';
import { mountSync, type Sync } from './mount';
import { changesPool, readsPool } from './pools';
import type { WriteFeature } from './write-feature';

const names = ['workspace', 'member', 'label'];
const schema: Schema = {
  ...outpost,
  tables: Object.fromEntries(names.map((name) => [name, tableOf(outpost, name)!])),
  names,
  sentences: { shouted: 'Nobody shouts here.' },
};

/** Labels are not shouted, and whoever makes one is remembered. */
const made: { readonly name: unknown; readonly by: string }[] = [];
const quiet: WriteFeature<unknown> = {
  check: async (operations) =>
    new Map(
      operations
        .filter(({ set }) => typeof set.name === 'string' && set.name === set.name.toUpperCase())
        .map((op) => [op, { kind: 'invalid', rule: 'shouted' }] as const),
    ),
  note: ({ kind, set }) => (kind === 'insert' ? set.name : null),
  committed: (found, { name: by }) => made.push(...found.map((name) => ({ name, by }))),
};

const sessions = new Map<string, { id: string; name: string; email: string }>();
const memberships = new Map<string, Membership[]>();
let database: TestDatabase;
let shapes: ShapeServer;
let pools: { pool: Pool; reads: Pool };
let sync: Sync;
let server: Server;
let url: string;
let workspaceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  shapes = await createShapeServer({ databaseUrl: database.url });
  pools = { pool: changesPool(database.url), reads: readsPool(database.url) };
  sync = mountSync({
    ...pools,
    schema,
    migration: 1,
    sessions: {
      async session(request) {
        const sessionId = /site=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? '';
        const person = sessions.get(sessionId);
        if (!person) throw new ApiFailure('signed-out', 'Sign in on the site.');
        const known = { ...person, password: 'nobody is told' };
        return { person: known, sessionId, cookies: [] };
      },
      endedAmong: async (ids) => new Set(ids.filter((id) => !sessions.has(id))),
    },
    memberships: { membershipsOf: async () => memberships },
    upstream: embeddedUpstream((request) => shapes.handle(request)),
    features: [quiet],
    publicUrl: null,
    log: () => {},
  });
  await sync.begin();
  const site = new Hono();
  site.get('/', (c) => c.text('A page of the site'));
  site.route('/', sync.routes);
  server = await new Promise((done) => {
    const listening = serve({ fetch: site.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      url = `http://127.0.0.1:${port}`;
      done(listening as Server);
    });
  });
  await enter('ada');
  const { rows } = await pools.pool.query<{ id: string; workspace_id: string }>(
    `with w as (insert into workspace (id, name) values (gen_random_uuid(), 'Site') returning id)
     insert into member (id, workspace_id, user_id, name, email, role)
       select gen_random_uuid(), w.id, 'ada', 'ada', 'ada@example.org', 'owner' from w returning id, workspace_id`,
  );
  workspaceId = rows[0]!.workspace_id;
  memberships.set('ada', [{ workspaceId, memberId: rows[0]!.id, role: 'owner', name: 'Site' }]);
});
afterAll(async () => {
  sync.endPolls();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await sync.close();
  await Promise.all([pools.pool.end(), pools.reads.end()]);
  await shapes.close();
  await database.drop();
});
beforeEach(() => {
  made.length = 0;
});

async function enter(name: string): Promise<void> {
  sessions.set(name, { id: name, name, email: `${name}@example.org` });
}

const call = (path: string, session: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { origin: url, cookie: `site=${session}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });

async function status(...asked: Parameters<typeof call>): Promise<number> {
  const answer = await call(...asked);
  // A body that nobody reads is a read that stays open.
  await answer.arrayBuffer();
  return answer.status;
}

/** Reads the shape of labels to its end. */
async function labels(session: string) {
  let [text, offset, handle] = ['', '-1', ''];
  for (let ended = false; !ended; ) {
    const place = `offset=${offset}${handle && `&handle=${handle}`}`;
    const answer = await call(`/api/shapes/label?workspace=${workspaceId}&${place}`, session);
    text += await answer.text();
    offset = answer.headers.get('electric-offset')!;
    handle = answer.headers.get('electric-handle')!;
    ended = answer.headers.has('electric-up-to-date');
  }
  return { text, offset, handle };
}

async function write(operations: readonly Partial<Operation>[]): Promise<readonly Verdict[]> {
  const filled = operations.map((op, i) => ({
    ...{
      kind: 'insert',
      id: crypto.randomUUID(),
      was: {},
      clock: formatClock(Date.now(), i, 'abcdefabcdef'),
    },
    ...op,
    set: { workspace_id: workspaceId, ...op.set },
  }));
  const request = {
    ...{ protocol: PROTOCOL, clientId: crypto.randomUUID(), serverId: null, acknowledged: 0 },
    transactions: [{ n: 1, operations: filled }],
  };
  const answer = await call('/api/write', 'ada', request);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as WriteResponse).answers[0]!.verdicts;
}

test('A1: whose session it is says the app, and without one nothing is answered', async () => {
  expect(await (await call('/', '')).text()).toBe('A page of the site');
  for (const path of ['/api/session', `/api/shapes/label?workspace=${workspaceId}&offset=-1`]) {
    expect(await status(path, 'nobody')).toBe(401);
    expect(await status(path, 'ada')).toBe(200);
    expect(await status(path, 'ada', undefined, { [PERSON_HEADER]: 'ben' })).toBe(401);
  }
  expect(await status('/api/write', 'nobody', {})).toBe(401);
  expect(await status('/api/write', 'ada', {}, { origin: 'http://elsewhere.example' })).toBe(403);
  const { user, memberships: theirs } = (await (await call('/api/session', 'ada')).json()) as SessionAnswer;
  expect([user, theirs]).toEqual([sessions.get('ada'), memberships.get('ada')]);
});

test('W4, W5: the app’s tables are all there are, and its features refuse with its sentences', async () => {
  const label = (name: string) => ({ table: 'label', set: { name, color: '#123456' } });
  const verdicts = await write([
    label('plain'),
    label('LOUD'),
    { table: 'project', set: { key: 'SITE', name: 'Site', position: 'a0' } },
  ]);
  expect(verdicts).toMatchObject([
    { status: 'applied' },
    { status: 'refused', kind: 'invalid', rule: 'shouted', sentence: 'Nobody shouts here.' },
    { status: 'refused', kind: 'unknown-table' },
  ]);
  expect(made).toEqual([{ name: 'plain', by: 'ada' }]);
  await until('it to be in the shape', async () => (await labels('ada')).text.includes('plain'));
  expect((await labels('ada')).text).not.toContain('LOUD');
  expect(await status(`/api/shapes/project?workspace=${workspaceId}&offset=-1`, 'ada')).toBe(404);
});

test('A1: a live poll ends when the app says that a membership or a session is over', async () => {
  await enter('ben');
  memberships.set('ben', memberships.get('ada')!);
  const { offset, handle } = await labels('ben');
  const params = { offset, handle, live: 'true' };
  const poll = async () => {
    const { membershipsTag } = (await (await call('/api/session', 'ben')).json()) as SessionAnswer;
    const polls = [{ id: '1', table: 'label', workspace: workspaceId, params }];
    const answer = call('/api/shapes/live', 'ben', { memberships: membershipsTag, polls });
    await until('it to wait', () => sync.openReads.size === 1);
    return { answer };
  };
  const waits = await poll();
  memberships.set('ben', []);
  sync.membershipsChanged('ben', 'lost');
  expect(await (await waits.answer).json()).toEqual({ membershipsChanged: true, results: [] });
  memberships.set('ben', memberships.get('ada')!);
  sync.membershipsChanged('ben', 'gained');
  const again = await poll();
  sessions.delete('ben');
  sync.sessionsEnded();
  expect((await again.answer).status).toBe(401);
});
