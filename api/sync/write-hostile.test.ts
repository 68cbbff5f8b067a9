// POST /api/write with what no device sends: damaged bytes, values that are nested too deeply, operations that take too
// long, the same request many times at once.
import fc from 'fast-check';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatClock } from '../../db/sync/clock';
import { limits, PROTOCOL, type Verdict, type WriteResponse } from '../../db/sync/wire';
import { schema } from '../../db/tables';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { foundWorkspace } from '../../scripts/testing/workspace';
import { Lineage } from './lineage';
import { WriteDoor } from './write-door';
import { inPieces } from './write-pieces';

let api: TestApi;
let ada: TestPerson;
let workspaceId: string;
let counter = 0;

beforeAll(async () => {
  api = await startTestApi();
  ada = await api.person('Ada');
  workspaceId = (await foundWorkspace(ada)).workspaceId;
});
afterAll(() => api.stop());

const uuid = () => crypto.randomUUID();
const label = (more: object = {}) => ({
  kind: 'insert',
  table: 'label',
  id: uuid(),
  set: { workspace_id: workspaceId, name: uuid(), color: '#112233', ...more },
  was: {},
  clock: formatClock(Date.now(), counter++ & 0xffff, '00000000000a'),
});
const requestOf = (...transactions: object[][]) => ({
  protocol: PROTOCOL,
  clientId: uuid(),
  serverId: null,
  mark: null,
  acknowledged: 0,
  transactions: transactions.map((operations, i) => ({ n: i + 1, operations })),
});

async function send(body: string | Uint8Array): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${api.url}/api/write`, {
    method: 'POST',
    headers: { origin: api.url, 'content-type': 'application/json', cookie: ada.cookie },
    body: body as BodyInit,
  });
  return { status: answer.status, text: await answer.text() };
}

const verdictsOf = ({ status, text }: { status: number; text: string }) => {
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return (JSON.parse(text) as WriteResponse).answers.map((a) =>
    a.verdicts.map((v) => (v.status === 'refused' ? v.kind : v.status)),
  );
};

/** Somewhere in the bytes: others in their place, taken out, put in, twice. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 12 }),
  what: fc.constantFrom('replace', 'insert', 'repeat'),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc
      .constantFrom('"', '\\', '{}', '[]', 'null', '-1', '1e999', '\\u0000', '\\ud800', ',', '[[[[')
      .map((text) => Buffer.from(text)),
  ),
});

function damaged(
  body: Buffer,
  { at, length, what, bytes }: typeof damage extends fc.Arbitrary<infer D> ? D : never,
) {
  const from = Math.floor(at * body.length);
  const to = from + length;
  const middle =
    what === 'replace' ? bytes : what === 'insert' ? bytes : Buffer.concat([body.subarray(from, to), bytes]);
  return Buffer.concat([body.subarray(0, from), middle, body.subarray(what === 'replace' ? to : from)]);
}

test('A5, W5: damaged requests are no fault of the server', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(damage, { minLength: 1, maxLength: 3 }), { minLength: 30, maxLength: 30 }),
      async (all) => {
        const bodies = all.map((damages) =>
          damages.reduce(damaged, Buffer.from(JSON.stringify(requestOf([label(), label()], [label()])))),
        );
        const answers = await Promise.all(bodies.map(send));
        for (const { status } of answers) expect(status).toBeLessThan(500);
        for (const { status } of answers) expect(status).not.toBe(429);
      },
    ),
    { numRuns: 30, endOnFailure: true },
  );
  expect(api.logged).toEqual([]);
});

test('W2, A5: one request thirty times at once gets one answer', async () => {
  const body = JSON.stringify(requestOf([label(), label({ color: 'no color' })], [label()]));
  const answers = await Promise.all(Array.from({ length: 30 }, () => send(body)));
  for (const answer of answers) expect(verdictsOf(answer)).toEqual([['applied', 'invalid'], ['applied']]);
  const parts = answers.map(({ text }) => (JSON.parse(text) as WriteResponse).answers);
  for (const part of parts) expect(part).toEqual(parts[0]);
});

describe('values that are nested too deeply', () => {
  const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown;

  test.each([limits.depth + 1, 500, 1_900])('A5, W4: %s levels are refused by themselves', async (depth) => {
    const deep = [label({ name: nested(depth) }), { ...label(), was: { name: nested(depth) } }];
    const request = JSON.stringify(requestOf([label(), ...deep, label()], [label()]));
    const once = [['applied', 'invalid', 'invalid', 'applied'], ['applied']];
    expect(verdictsOf(await send(request))).toEqual(once);
    // And answered once, also when it is asked again (W2).
    expect(verdictsOf(await send(request))).toEqual(once);
  });

  test('A5: as deep as may be, they are as others', async () => {
    const deep = { ...label(), was: { name: nested(limits.depth) } };
    expect(verdictsOf(await send(JSON.stringify(requestOf([deep]))))).toEqual([['applied']]);
  });

  test('A5: elsewhere they make the request malformed', async () => {
    const request = requestOf([label()]);
    const deep = nested(limits.depth + 10);
    const odd = { ...request, transactions: [{ ...request.transactions[0], more: deep }] };
    const { status, text } = await send(JSON.stringify(odd));
    expect([status, JSON.parse(text).error.kind]).toEqual([400, 'malformed']);
  });
});

describe('operations that take too long', () => {
  let client: PoolClient;
  beforeAll(async () => {
    client = await api.pool.connect();
  });
  afterAll(() => client.release(true));

  const applying = async (piece: readonly number[]) =>
    (
      await client.query<{ done: number }>(
        `select case when n < 0 then (select 1 from pg_sleep(3600)) else n end as done from unnest($1::int[]) n`,
        [piece],
      )
    ).rows.map((row) => row.done);

  test('A5, W4: cost only themselves', async () => {
    await client.query('begin');
    await client.query("set local statement_timeout = '150ms'");
    const numbers = [1, 2, 3, -4, 5, 6, 7, 8, -9];
    const done = await inPieces(client, numbers, applying, 0, { piece: 4, longest: 60_000 });
    await client.query('commit');
    expect(done).toEqual([1, 2, 3, 0, 5, 6, 7, 8, 0]);
  });

  test('A5: a transaction that is too long is answered all the same', async () => {
    await client.query('begin');
    const done = await inPieces(client, [1, 2, 3], applying, 0, { piece: 1, longest: -1 });
    await client.query('commit');
    expect(done).toEqual([0, 0, 0]);
  });
});

test('A5: who has sent more than a person may in the long run is told when to come again', async () => {
  const place = { pool: api.pool, lineage: new Lineage(api.pool), schema, features: [] };
  const door = new WriteDoor(place, null, { perSecond: 1, burst: 5 });
  const { body } = await ada.json<{ user: { id: string; name: string; email: string } }>(
    'GET',
    '/api/session',
  );
  const other = { ...body.user, id: 'another' };
  const never = new AbortController().signal;
  const write = Buffer.from(JSON.stringify(requestOf(Array.from({ length: 20 }, () => label()))));
  door.admit(body.user);
  const json = await door.answer(body.user, write, never);
  expect(
    (JSON.parse(new TextDecoder().decode(json)) as WriteResponse).answers[0]!.verdicts as Verdict[],
  ).toHaveLength(20);
  expect(() => door.admit(body.user)).toThrow(expect.objectContaining({ kind: 'busy', retryAfter: 15 }));
  expect(() => door.admit(other)).not.toThrow();
});
