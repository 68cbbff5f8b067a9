// Bookings over the whole path: devices that book one room offline, come back, are told the same, and resolve it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import type { Device } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';

let api: TestApi;
let station: Station;
let a: Device;
let b: Device;
let third: Device;
let room: string;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  station = await openStation(api);
  [a, b, third] = (await Promise.all([
    station.device(station.ada),
    station.device(station.ben),
    station.device(station.ben),
  ])) as [Device, Device, Device];
  room = crypto.randomUUID();
  await a.write(
    `insert into resource (id, workspace_id, kind, name, color, position) values ($1, $2, 'room', 'Lab', '#112233', 'a0')`,
    ...[room, station.workspaceId],
  );
  for (const device of [b, third]) {
    await until('the room', async () => (await device.rows('select from resource')).length === 1);
  }
});
afterEach(() => station.close());

const patience = 60_000;
const ten = '[2026-11-23 10:00:00+00,2026-11-23 11:00:00+00)';

async function book(on: Device, during = ten, more: { private?: boolean } = {}): Promise<string> {
  const id = crypto.randomUUID();
  await on.write(
    `insert into booking (id, workspace_id, resource_id, user_id, author, title, during, private)
     values ($1, $2, $3, $4, 'Somebody', 'Work', $5, $6)`,
    ...[id, station.workspaceId, room, on.userId, during, more.private ?? false],
  );
  return id;
}

const statusOf = async (on: Device, id: string) =>
  (await on.rows<{ status: string }>('select status from booking where id = $1', id))[0]?.status;

async function shows(status: string | undefined, id: string, ...on: Device[]): Promise<void> {
  for (const device of on) {
    await until(`${status}`, async () => (await statusOf(device, id)) === status, patience);
  }
}

interface Violation {
  readonly id: string;
  readonly row_id: string;
  readonly other_id: string | null;
  readonly held_by: string | null;
  readonly outcome: string | null;
}
const violations = (on: Device) =>
  on.rows<Violation>('select id, row_id, other_id, held_by, outcome from violation order by id');

async function decide(on: Device, violation: string, choice: string, detail: object = {}): Promise<void> {
  await on.write(
    `insert into resolution (id, workspace_id, violation_id, user_id, author, choice, detail)
     values ($1, $2, $3, $4, 'Somebody', $5, $6)`,
    ...[crypto.randomUUID(), station.workspaceId, violation, on.userId, choice, JSON.stringify(detail)],
  );
}

test('C1, C2, R1: two book one room offline; one holds it, both are told, a third device sees the same; it is resolved offline', async () => {
  a.offline();
  b.offline();
  const held = await book(a);
  const asked = await book(b);
  a.online();
  await until('a is through', () => a.store.status().unsent === 0, patience);
  b.online();
  await shows('confirmed', held, a, b, third);
  await shows('conflicted', asked, a, b, third);
  for (const device of [a, b, third]) {
    await until('the violation', async () => (await violations(device)).length === 1, patience);
    expect(await violations(device)).toMatchObject([{ row_id: asked, other_id: held, outcome: null }]);
    await until('the chip says so', () => device.store.status().attention === 1, patience);
  }
  const [violation] = await violations(a);
  a.offline();
  await decide(a, violation!.id, 'give_way');
  expect(await statusOf(a, held)).toBe('confirmed');
  a.online();
  await shows('cancelled', held, a, b, third);
  await shows('confirmed', asked, a, b, third);
  for (const device of [a, b, third]) {
    await device.settled();
    await until('closed', async () => (await violations(device))[0]?.outcome === 'gave_way', patience);
    expect(await device.rows('select outcome from resolution')).toEqual([{ outcome: 'done' }]);
    const truth = await api.pool.query(
      `select to_jsonb(t) - 'search' as row from booking t where workspace_id = $1 order by id`,
      [station.workspaceId],
    );
    expect(await device.rows(`select to_jsonb(t) - 'search' as row from booking t order by id`)).toEqual(
      truth.rows,
    );
  }
  await until('b is told', async () => (await b.rows('select from notice')).length === 1, patience);
  expect(await b.rows('select kind, row_id from notice')).toEqual([{ kind: 'decided', row_id: asked }]);
}, 180_000);

test('W5: a private booking is on no other device; whoever meets it is told that the time is taken', async () => {
  const held = await book(a, ten, { private: true });
  await until('a is through', () => a.store.status().unsent === 0, patience);
  const asked = await book(b);
  await shows('conflicted', asked, a, b, third);
  for (const device of [b, third]) {
    await until('the violation', async () => (await violations(device)).length === 1, patience);
    expect(await violations(device)).toMatchObject([{ row_id: asked, other_id: null, held_by: null }]);
    expect(await device.rows('select from booking where id = $1', held)).toEqual([]);
  }
  await until('the violation of a', async () => (await violations(a)).length === 1, patience);
  expect(await violations(a)).toMatchObject([{ row_id: asked, other_id: held, held_by: a.userId }]);
  // Once it is for all to see it comes, and goes again when it is private again.
  await a.write('update booking set private = false where id = $1', held);
  await shows('confirmed', held, b, third);
  await a.write('update booking set private = true where id = $1', held);
  await shows(undefined, held, b, third);
}, 180_000);
