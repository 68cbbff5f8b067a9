// POST /api/stock/movements: many at once, the same one twice, people who may not, and bodies that nobody should send.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { formatClock } from '../../db/sync/clock';
import { PERSON_HEADER, PROTOCOL, type WriteResponse } from '../../db/sync/wire';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { foundCrew } from '../../scripts/testing/workspace';

interface Answer {
  movementId?: string;
  from?: number | null;
  to?: number | null;
  repeated?: boolean;
  error?: { kind: string; sentence: string; detail?: Record<string, unknown> };
}

let api: TestApi;
let ada: TestPerson;
let ben: TestPerson;
let guest: TestPerson;
let outsider: TestPerson;
let workspaceId: string;
let elsewhere: { workspaceId: string; item: string; place: string };
let item: string;
let store: string;
let hut: string;

const uuid = () => crypto.randomUUID();

beforeAll(async () => {
  api = await startTestApi();
  const crew = await foundCrew(api);
  ({ owner: ada, member: ben, guest, outsider, workspaceId } = crew);
  elsewhere = {
    workspaceId: crew.elsewhereId,
    item: await made('stock_item', crew.elsewhereId),
    place: await made('stock_place', crew.elsewhereId),
  };
});
afterAll(() => api.stop());

beforeEach(async () => {
  item = await made('stock_item', workspaceId, 'Fuse');
  store = await made('stock_place', workspaceId, 'Cold store');
  hut = await made('stock_place', workspaceId, 'Hut');
});

async function made(table: 'stock_item' | 'stock_place', workspace: string, name = 'Thing'): Promise<string> {
  const id = uuid();
  await api.pool.query(`insert into ${table} (id, workspace_id, name) values ($1, $2, $3)`, [
    id,
    workspace,
    `${name} ${id.slice(0, 8)}`,
  ]);
  return id;
}

const body = (more: object = {}) => ({ workspaceId, id: uuid(), itemId: item, quantity: 1, ...more });
const move = (person: TestPerson, more: object = {}) =>
  person.json<Answer>('POST', '/api/stock/movements', body(more));

/** What lies where: [cold store, hut]; null: nothing was ever there. */
async function levels(): Promise<(number | null)[]> {
  const { rows } = await api.pool.query<{ place_id: string; quantity: number }>(
    'select place_id, quantity from stock_level where item_id = $1',
    [item],
  );
  return [store, hut].map((place) => rows.find((row) => row.place_id === place)?.quantity ?? null);
}

async function movements(): Promise<number> {
  const { rows } = await api.pool.query('select 1 from stock_movement where item_id = $1', [item]);
  return rows.length;
}

describe('quantities', () => {
  test('C4: what is added, taken and moved is counted where it lies', async () => {
    expect((await move(ada, { toId: store, quantity: 10 })).body).toMatchObject({ from: null, to: 10 });
    expect((await move(ben, { fromId: store, quantity: 3 })).body).toMatchObject({ from: 7, to: null });
    expect((await move(ada, { fromId: store, toId: hut, quantity: 2 })).body).toMatchObject({
      from: 5,
      to: 2,
    });
    expect(await levels()).toEqual([5, 2]);
    const { rows } = await api.pool.query(
      'select author, quantity from stock_movement where item_id = $1 order by created_at',
      [item],
    );
    expect(rows.map((row) => [row.author, row.quantity])).toEqual([
      ['Ada', 10],
      ['Ben', 3],
      ['Ada', 2],
    ]);
  });

  test('C1, C4: of 50 people who take one of 10 at once, 10 have it, 40 are told who, and nothing is left', async () => {
    await move(ada, { toId: store, quantity: 10 });
    const takers = Array.from({ length: 50 }, (_, i) => move(i % 2 ? ada : ben, { fromId: store }));
    const answers = await Promise.all(takers);
    const told = answers.filter(({ status }) => status === 409);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(told).toHaveLength(40);
    for (const { body } of told) {
      expect(body.error).toMatchObject({ kind: 'conflict', detail: { reason: 'short', quantity: 0 } });
      expect(body.error!.sentence).toMatch(/^Nothing is left of Fuse .*: (you|Ada|Ben) took 1 last\.$/);
    }
    expect(await levels()).toEqual([0, null]);
    expect(await movements()).toBe(11);
  });

  test('C4: two at once make one level, and moves both ways do not wait for each other for ever', async () => {
    await Promise.all(Array.from({ length: 8 }, () => move(ada, { toId: store, quantity: 5 })));
    expect(await levels()).toEqual([40, null]);
    const both = Array.from({ length: 20 }, (_, i) =>
      move(ben, i % 2 ? { fromId: store, toId: hut } : { fromId: hut, toId: store }),
    );
    for (const { status } of await Promise.all(both)) expect([200, 409]).toContain(status);
    const [inStore, inHut] = await levels();
    expect(inStore! + inHut!).toBe(40);
  });

  test('C4: who took the last is named, with what is left', async () => {
    await move(ada, { toId: store, quantity: 3 });
    await move(ben, { fromId: store, quantity: 2 });
    const { status, body } = await move(ada, { fromId: store, quantity: 2 });
    expect(status).toBe(409);
    expect(body.error?.sentence).toMatch(/^1 of Fuse .* is in Cold store .* now: Ben took 2 last\.$/);
    expect(body.error?.detail).toMatchObject({ quantity: 1, last: { name: 'Ben', own: false, quantity: 2 } });
  });

  test('C4: an asked movement is not carried out when another quantity lies there than was seen', async () => {
    await move(ada, { toId: store, quantity: 10 });
    await move(ben, { fromId: store, quantity: 7 });
    const { status, body } = await move(ada, { fromId: store, expected: 10 });
    expect(status).toBe(409);
    expect(body.error?.detail).toMatchObject({ reason: 'changed', quantity: 3 });
    expect((await move(ada, { fromId: store, expected: 3 })).body).toMatchObject({ from: 2 });
    expect((await move(ada, { toId: hut, expected: 1 })).body.error?.detail).toMatchObject({ quantity: 0 });
    expect(await levels()).toEqual([2, null]);
  });

  test('C1: a place holds no more than can be counted', async () => {
    await move(ada, { toId: store, quantity: 1_000_000_000 });
    const { status, body } = await move(ada, { toId: store });
    expect([status, body.error?.detail?.reason]).toEqual([409, 'full']);
  });
});

describe('once', () => {
  test('W2, C4: a movement sent again, also at the same time, is carried out once', async () => {
    await move(ada, { toId: store, quantity: 10 });
    const id = uuid();
    const same = await Promise.all(
      Array.from({ length: 6 }, () => move(ben, { id, fromId: store, expected: 10 })),
    );
    expect(same.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(same.filter(({ body }) => !body.repeated)).toHaveLength(1);
    expect(await levels()).toEqual([9, null]);
  });

  test('W2: an id stands for one movement of one person', async () => {
    await move(ada, { toId: store, quantity: 10 });
    const id = uuid();
    await move(ada, { id, fromId: store });
    for (const [person, more] of [
      [ada, { quantity: 2 }],
      [ada, { toId: hut }],
      [ben, {}],
      [ada, { itemId: await made('stock_item', workspaceId, 'Other') }],
    ] as const) {
      const { status, body } = await move(person, { id, fromId: store, ...more });
      expect([status, body.error?.detail]).toEqual([409, { reason: 'other' }]);
    }
    expect(await levels()).toEqual([9, null]);
  });
});

describe('access', () => {
  test('A2: guests and people of elsewhere move nothing', async () => {
    await move(ada, { toId: store, quantity: 10 });
    for (const person of [guest, outsider]) {
      const { status, body } = await move(person, { fromId: store });
      expect([status, body.error?.kind]).toEqual([403, 'forbidden']);
    }
    expect((await move(api.stranger, { fromId: store })).status).toBe(401);
    expect(await levels()).toEqual([10, null]);
  });

  test('A2, C4: what one person’s device asks for is not carried out in another’s session', async () => {
    await move(ada, { toId: store, quantity: 10 });
    const answer = await ben.call('POST', '/api/stock/movements', body({ fromId: store }), {
      [PERSON_HEADER]: 'somebody else',
    });
    expect(answer.status).toBe(401);
    expect(await levels()).toEqual([10, null]);
  });

  test('A2: items and places of another workspace are not there', async () => {
    for (const more of [
      { itemId: elsewhere.item, toId: store },
      { toId: elsewhere.place },
      { fromId: elsewhere.place, toId: store },
      { itemId: uuid(), toId: store },
      { toId: uuid() },
    ]) {
      const { status, body } = await move(ada, more);
      expect([status, body.error?.kind]).toEqual([404, 'not-found']);
    }
    const taken = await move(outsider, { workspaceId: elsewhere.workspaceId, toId: store });
    expect(taken.status).toBe(404);
  });

  test('A2, C4: no quantity and no movement goes through the write path, and nothing with a history is deleted', async () => {
    await move(ada, { toId: store, quantity: 10 });
    const { rows } = await api.pool.query('select id from stock_level where item_id = $1', [item]);
    const level = { table: 'stock_level', id: rows[0].id, was: {} };
    const clock = () => formatClock(Date.now(), 0, '00000000000a');
    const { body } = await ada.json<WriteResponse>('POST', '/api/write', {
      protocol: PROTOCOL,
      clientId: uuid(),
      serverId: null,
      acknowledged: 0,
      transactions: [
        {
          n: 1,
          operations: [
            { ...level, kind: 'update', set: { quantity: 99 }, clock: clock() },
            { ...level, kind: 'delete', set: {}, clock: clock() },
            { ...level, kind: 'insert', set: { workspace_id: workspaceId, quantity: 5 }, clock: clock() },
            {
              kind: 'insert',
              table: 'stock_movement',
              id: uuid(),
              set: { workspace_id: workspaceId },
              was: {},
              clock: clock(),
            },
            { kind: 'delete', table: 'stock_item', id: item, set: {}, was: {}, clock: clock() },
            { kind: 'delete', table: 'stock_place', id: store, set: {}, was: {}, clock: clock() },
            { kind: 'delete', table: 'stock_place', id: hut, set: {}, was: {}, clock: clock() },
          ],
        },
      ],
    });
    expect(
      body.answers[0]!.verdicts.map((v) => (v.status === 'refused' ? (v.rule ?? v.kind) : v.status)),
    ).toEqual(['forbidden', 'forbidden', 'forbidden', 'forbidden', 'stock_kept', 'stock_kept', 'applied']);
    expect(await levels()).toEqual([10, null]);
  });

  test('A workspace that is deleted takes its stock along', async () => {
    await move(outsider, {
      workspaceId: elsewhere.workspaceId,
      itemId: elsewhere.item,
      toId: elsewhere.place,
    });
    await api.pool.query('delete from workspace where id = $1', [elsewhere.workspaceId]);
    const { rows } = await api.pool.query('select 1 from stock_item where id = $1', [elsewhere.item]);
    expect(rows).toEqual([]);
  });
});

test('W5: whatever is sent, the answer is a refusal with a sentence and never a fault', async () => {
  const bad: [unknown, number][] = [
    [null, 400],
    [[], 400],
    ['text', 400],
    [{}, 400],
    [body(), 400],
    [body({ fromId: store, toId: store }), 400],
    [body({ fromId: store, toId: store.toUpperCase() }), 400],
    [body({ toId: store, quantity: 0 }), 400],
    [body({ toId: store, quantity: -3 }), 400],
    [body({ toId: store, quantity: 1.5 }), 400],
    [body({ toId: store, quantity: 1e12 }), 400],
    [body({ toId: store, quantity: '1' }), 400],
    [body({ toId: store, quantity: null }), 400],
    [body({ toId: 'hut' }), 400],
    [body({ toId: { $ne: null } }), 400],
    [body({ toId: store, id: "'; drop table stock_item; --" }), 400],
    [body({ toId: store, reason: 'x'.repeat(501) }), 400],
    [body({ toId: store, reason: 'a\0b' }), 400],
    [body({ toId: store, reason: '\ud800' }), 400],
    [body({ toId: store, expected: -1 }), 400],
    [body({ toId: store, expected: 'all' }), 400],
    [body({ toId: store, user_id: 'somebody' }), 400],
    [body({ toId: store, workspaceId: 'mine' }), 400],
    [body({ toId: store, reason: 'x'.repeat(70_000) }), 413],
  ];
  for (const [sent, expected] of bad) {
    const { status, body: answer } = await ada.json<Answer>('POST', '/api/stock/movements', sent);
    expect([JSON.stringify(sent)?.slice(0, 80), status]).toEqual([
      JSON.stringify(sent)?.slice(0, 80),
      expected,
    ]);
    expect(answer.error?.sentence).toBeTruthy();
  }
  const raw = await fetch(`${api.url}/api/stock/movements`, {
    method: 'POST',
    headers: { cookie: ada.cookie, origin: api.url, 'content-type': 'application/json' },
    body: '{"workspaceId":',
  });
  expect(raw.status).toBe(400);
  expect(await levels()).toEqual([null, null]);
  expect(api.logged).toEqual([]);
});
