// What nobody needs any more goes, and nothing else does; bytes without a row are collected and come back.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatClock } from '../../db/sync/clock';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { type Crew, foundCrew } from '../../scripts/testing/workspace';
import { Writer } from '../../scripts/testing/writer';
import { kept } from './purge';

let api: TestApi;
let crew: Crew;
beforeAll(async () => {
  api = await startTestApi();
  crew = await foundCrew(api);
});
afterAll(() => api.stop());

const uuid = () => crypto.randomUUID();
const day = 86_400_000;
const clockAt = (ms: number) => formatClock(ms, 0, '000000000001');
const ids = async (sql: string) =>
  (await api.pool.query<{ id: string }>(sql)).rows.map(({ id }) => id).sort();

/** One row that is just over, and one that is not yet, of each rule. @returns how to list them */
const makers: Readonly<Record<string, (id: string, daysAgo: number) => Promise<unknown>>> = {
  'auth.session': (id, daysAgo) =>
    api.pool.query(
      `insert into auth.session (id, "userId", token, "expiresAt") select $1, id, 'token ' || $1, now() - $2 * interval '1 day'
         from auth."user" limit 1`,
      [id, daysAgo],
    ),
  'auth.verification': (id, daysAgo) =>
    api.pool.query(
      `insert into auth.verification (id, identifier, value, "expiresAt") values ($1, 'x', 'y', now() - $2 * interval '1 day')`,
      [id, daysAgo],
    ),
  'auth.password_link': (id, daysAgo) =>
    api.pool.query(
      `insert into auth.password_link (token_hash, user_id, workspace_id, created_by, expires_at)
         select uuid_send($1), id, $2, id, now() - $3 * interval '1 day' from auth."user" limit 1`,
      [id, crew.workspaceId, daysAgo],
    ),
  'auth.rate_limit': (id, daysAgo) =>
    api.pool.query('insert into auth.rate_limit (id, key, count, "lastRequest") values ($1, $2, 1, $3)', [
      id,
      id,
      Math.round(Date.now() - daysAgo * day),
    ]),
  'auth.invite': (id, daysAgo) =>
    api.pool.query(
      `insert into auth.invite (id, token_hash, workspace_id, role, created_by, expires_at)
         select $1, uuid_send($1), $2, 'member', id, now() - $3 * interval '1 day' from auth."user" limit 1`,
      [id, crew.workspaceId, daysAgo],
    ),
  'sync.client': (id, daysAgo) =>
    api.pool.query(
      `insert into sync.client (id, user_id, last_n, seen_at) values ($1, 'u', 1, now() - $2 * interval '1 day')`,
      [id, daysAgo],
    ),
  'sync.register': (id, daysAgo) =>
    api.pool.query(
      `insert into sync.register ("table", id, workspace_id, alive, life, base, grave) values ('task', $1, $2, false, $3, $3, '{}')`,
      [id, crew.workspaceId, clockAt(Date.now() - daysAgo * day)],
    ),
};
const keptDays: Readonly<Record<string, number>> = {
  'auth.session': kept.account,
  'auth.verification': kept.account,
  'auth.password_link': kept.account,
  'auth.rate_limit': kept.account,
  'auth.invite': kept.invite,
  'sync.client': kept.client,
  'sync.register': kept.grave,
};

test('A5: what is over for longer than its rule says goes, in batches, and what is not stays', async () => {
  const old: Record<string, string[]> = {};
  const recent: Record<string, string> = {};
  for (const [table, make] of Object.entries(makers)) {
    old[table] = Array.from({ length: table === 'sync.register' ? 1100 : 2 }, uuid);
    recent[table] = uuid();
    for (const id of old[table]) await make(id, keptDays[table]! + 0.1);
    await make(recent[table], keptDays[table]! - 0.1);
  }
  await api.pool.query(
    `insert into sync.answer (client_id, n, hash, verdicts) select id, 1, 'h', '[]' from sync.client where user_id = 'u'`,
  );
  const alive = await ids('select id from sync.register where alive');
  const removed = await api.purge.run();
  for (const [table, gone] of Object.entries(old)) {
    expect([table, removed[table]]).toEqual([table, gone.length]);
    const key = table === 'auth.password_link' ? "encode(token_hash, 'hex')::uuid::text" : 'id::text';
    const left = await ids(`select ${key} as id from ${table}`);
    expect(left).toContain(recent[table]);
    expect(left.filter((id) => gone.includes(id))).toEqual([]);
  }
  expect(
    await ids(
      'select client_id as id from sync.answer where client_id::text = any (select id::text from sync.client)',
    ),
  ).toEqual([recent['sync.client']]);
  expect(await ids('select id from sync.register where alive')).toEqual(alive);
  expect(Object.values(await api.purge.run())).toEqual(Object.values(removed).map(() => 0));
  // People go on: the session that somebody holds is one that has not ended.
  expect((await crew.owner.call('GET', '/api/session')).status).toBe(200);
});

test('A5: a batch that somebody stands in the way of waits for nobody, and the others are done', async () => {
  const held = uuid();
  const free = uuid();
  await makers['sync.client']!(held, kept.client + 1);
  await makers['sync.client']!(free, kept.client + 1);
  const other = await api.pool.connect();
  try {
    await other.query('begin');
    await other.query('select from sync.client where id = $1 for update', [held]);
    const began = performance.now();
    const removed = await api.purge.run();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(removed['sync.client']).toBe(1);
  } finally {
    await other.query('rollback');
    other.release();
  }
  expect(await ids(`select id from sync.client where id in ('${held}', '${free}')`)).toEqual([held]);
  expect((await api.purge.run())['sync.client']).toBe(1);
});

const file = (text: string) => {
  const bytes = Buffer.from(text);
  return { bytes, hash: createHash('sha256').update(bytes).digest('hex') };
};
const put = async ({ bytes, hash }: { bytes: Buffer; hash: string }) => {
  const response = await fetch(`${api.url}/api/files/${crew.workspaceId}/${hash}`, {
    method: 'PUT',
    headers: { cookie: crew.owner.cookie },
    body: new Uint8Array(bytes),
  });
  expect(response.status).toBe(204);
};
const missing = async (hash: string) =>
  (
    await crew.owner.json<{ missing: string[] }>('POST', '/api/files/missing', {
      workspaceId: crew.workspaceId,
      hashes: [hash],
    })
  ).body.missing;
const age = (hash: string, days: number) =>
  api.pool.query(`update sync.file_bytes set at = now() - $2 * interval '1 day' where hash = $1`, [
    hash,
    days,
  ]);
const storedAt = async (hash: string) =>
  (await api.pool.query<{ stored_at: Date | null }>('select stored_at from file where hash = $1', [hash]))
    .rows[0]!.stored_at;

async function addRow(hash: string, size: number): Promise<void> {
  const writer = new Writer(crew.owner);
  const set = { workspace_id: crew.workspaceId, hash, name: '', type: 'image/png', size };
  const [verdict] = await writer.write({ kind: 'insert', table: 'file', id: uuid(), set });
  expect(verdict).toMatchObject({ status: 'applied' });
}

test('A5: bytes without a row are collected after a week; the row that comes later asks for them again', async () => {
  const [orphan, fresh, named] = [file('an orphan'), file('just sent'), file('named')];
  for (const one of [orphan, fresh, named]) await put(one);
  await addRow(named.hash, named.bytes.length);
  await age(orphan.hash, kept.orphan + 0.1);
  await age(fresh.hash, kept.orphan - 0.1);
  await age(named.hash, 400);
  expect((await api.purge.run())['sync.file_bytes']).toBe(1);
  expect([await missing(orphan.hash), await missing(fresh.hash), await missing(named.hash)]).toEqual([
    [orphan.hash],
    [],
    [],
  ]);

  // The device was away for longer than that; its row says that the server has nothing, and the device sends once more.
  await addRow(orphan.hash, orphan.bytes.length);
  expect(await storedAt(orphan.hash)).toBeNull();
  expect(await missing(orphan.hash)).toEqual([orphan.hash]);
  await put(orphan);
  expect(await storedAt(orphan.hash)).not.toBeNull();
  await age(orphan.hash, 400);
  expect((await api.purge.run())['sync.file_bytes']).toBe(0);
});

test('A5: a row that comes while its bytes are collected never says that they are there when they are not', async () => {
  for (let round = 0; round < 8; round++) {
    const one = file(`race ${round}`);
    await put(one);
    await age(one.hash, 30);
    await Promise.all([api.purge.run(), addRow(one.hash, one.bytes.length)]);
    const there =
      (await api.pool.query('select 1 from sync.file_bytes where hash = $1', [one.hash])).rowCount === 1;
    expect((await storedAt(one.hash)) !== null).toBe(there);
  }
});

test('A5: what may have been deleted and purged does not come back in silence', async () => {
  const writer = new Writer(crew.owner);
  const project = uuid();
  const label = (id: string, clock?: string) => ({
    kind: 'insert' as const,
    table: 'label',
    id,
    set: { workspace_id: crew.workspaceId, name: `Label ${id}`, color: '#112233' },
    ...(clock ? { clock } : {}),
  });
  // The longest ago that an insert is taken without a question: what it made cannot have been purged.
  const young = uuid();
  const border = Date.now() - (kept.grave - 1) * day;
  expect(await writer.write(label(young, clockAt(border + 60_000)))).toMatchObject([{ status: 'applied' }]);
  const old = uuid();
  const [refused, again] = [
    await writer.write(label(old, clockAt(border - 60_000))),
    await writer.write(label(old)),
  ];
  expect(refused).toMatchObject([{ status: 'refused', rule: 'insert_too_old' }]);
  expect(again).toMatchObject([{ status: 'applied' }]);
  // What people cannot delete comes whenever it comes.
  const page = {
    workspace_id: crew.workspaceId,
    title: 'Long away',
    icon: '',
    position: 'a0',
    archived: false,
  };
  expect(
    await writer.write({
      kind: 'insert',
      table: 'page',
      id: project,
      set: page,
      clock: clockAt(border - 60_000),
    }),
  ).toMatchObject([{ status: 'applied' }]);
});
