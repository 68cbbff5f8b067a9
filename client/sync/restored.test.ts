// A server whose database was restored from an older copy: devices notice it whatever the copy says of itself, send
// again what it has not heard of, and take its rows for the rest. A server that was only started again is no such thing.
import { afterEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import type { Device } from '../../scripts/testing/device';
import { copyDatabase } from '../../scripts/testing/postgres';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let close = open.pop(); close; close = open.pop()) await close();
});

async function startStation(): Promise<{ api: TestApi; station: Station; a: Device; b: Device }> {
  const api = await startTestApi();
  open.push(() => api.stop().catch(() => {}));
  const station = await openStation(api);
  open.push(() => station.close());
  const [a, b] = await Promise.all([station.device(station.ada), station.device(station.ben)]);
  return { api, station, a: a!, b: b! };
}

function moveTo(api: TestApi, ...devices: Device[]): void {
  for (const device of devices) {
    device.network.movedTo = api.url;
    device.online();
  }
}

const tasks = 'select id, title, status from task order by id';
const comments = 'select id, body from comment order by id';

async function expectAllSame(api: TestApi, ...devices: Device[]): Promise<void> {
  // All is sent before anything is compared.
  for (const device of devices) await device.settled();
  for (const device of devices) {
    for (const sql of [tasks, comments]) {
      const same = async () =>
        JSON.stringify(await device.rows(sql)) === JSON.stringify((await api.pool.query(sql)).rows);
      await until('the same rows', same).catch(() => {});
      expect(await device.rows(sql)).toEqual((await api.pool.query(sql)).rows);
    }
  }
}

for (const startedBetween of [false, true]) {
  const which = startedBetween ? 'from before its last start' : 'from the time of its last start';
  test(`W1, R3: a server restored from a copy ${which} gets back what it had answered`, async () => {
    const { api, station, a, b } = await startStation();
    const p = await station.project(a);
    const kept = await station.task(a, p, 'in the copy');
    const renamed = await station.task(a, p, 'renamed after the copy');
    const gone = await station.task(a, p, 'deleted after the copy');
    await station.expectSame(a, b);

    const copy = await copyDatabase(api.database.url);
    let later = api;
    if (startedBetween) {
      for (const device of [a, b]) device.offline();
      await api.stop({ keep: true });
      later = await startTestApi({ database: api.database });
      open.push(() => later.stop());
      moveTo(later, a, b);
    }
    await a.write("update task set title = 'renamed' where id = $1", renamed);
    await a.write('delete from task where id = $1', gone);
    const made = await station.task(a, p, 'made after the copy');
    await expectAllSame(later, a, b);
    await b.write(
      "insert into comment (id, workspace_id, task_id, body) values ($1, $2, $3, 'on a task that the copy does not have')",
      crypto.randomUUID(),
      station.workspaceId,
      made,
    );
    await b.write("update task set status = 'doing' where id = $1", kept);
    await expectAllSame(later, a, b);
    expect(await a.rows('select * from sync.outbox')).toEqual([]);
    const expected = { tasks: await a.rows(tasks), comments: await a.rows(comments) };
    // One has something unsent when the other server comes.
    for (const device of [a, b]) device.offline();
    await b.write('update task set priority = 3 where id = $1', kept);

    const restored = await startTestApi({ database: copy });
    open.push(() => restored.stop());
    const said = new Set<string | undefined>();
    a.store.onStatus(() => said.add(a.store.status().problem?.kind));
    moveTo(restored, a);
    await until('what one device knows is there', async () => {
      const { rows } = await restored.pool.query('select 1 from task where id = $1', [made]);
      return rows.length > 0 && a.store.status().unsent === 0;
    });
    moveTo(restored, b);
    await expectAllSame(restored, a, b);
    expect(await a.rows(tasks)).toEqual(expected.tasks);
    expect(await a.rows(comments)).toEqual(expected.comments);
    expect((await restored.pool.query('select priority from task where id = $1', [kept])).rows).toEqual([
      { priority: 3 },
    ]);
    expect(said).toContain('restored');
    expect(a.store.status().problem).toBeNull();
    for (const device of [a, b]) expect(await device.rows('select * from sync.refused')).toEqual([]);
  });
}

test('W2: a server that was started again is the one that it was', async () => {
  const { api, station, a } = await startStation();
  const p = await station.project(a);
  await station.task(a, p, 'before');
  await station.expectSame(a);
  const id = async () =>
    (await a.rows<{ client_id: string }>('select client_id from sync.client'))[0]!.client_id;
  const before = await id();
  a.offline();
  const t = await station.task(a, p, 'written while it was away');
  await api.stop({ keep: true });
  const again = await startTestApi({ database: api.database });
  open.push(() => again.stop());
  moveTo(again, a);
  await expectAllSame(again, a);
  expect((await again.pool.query('select 1 from task where id = $1', [t])).rowCount).toBe(1);
  expect(await id()).toBe(before);
});

test('W2, R3: what was told in one epoch is lost in the next exactly from where that one began', async () => {
  const api = await startTestApi();
  open.push(() => api.stop());
  const mark = async () =>
    (await api.pool.query<{ m: { epoch: string; version: string } }>('select sync.mark(0) as m')).rows[0]!.m;
  const lost = async (told: { epoch: string; version: string | number }) =>
    (await api.pool.query('select sync.lost_from($1, $2)::int as lost', [told.epoch, told.version])).rows[0]
      .lost;
  const first = await mark();
  expect(await lost(first)).toBeNull();
  // Nobody was told of a version that is still to come.
  expect(await lost({ ...first, version: Number(first.version) + 1_000 })).toBeNull();
  await api.pool.query('select sync.begin_epoch()');
  const second = await mark();
  expect(second.epoch).not.toBe(first.epoch);
  expect(await lost(first)).toBeNull();
  const from = Number(first.version) + 1;
  expect(await lost({ ...first, version: from })).toBe(from);
  expect(await lost({ ...first, version: from + 50 })).toBe(from);
  expect(await lost(second)).toBeNull();
  expect(await lost({ epoch: crypto.randomUUID(), version: 1 })).toBe(0);
  // A program that knows of a higher version does not believe this one.
  const { rows } = await api.pool.query('select sync.mark(1000000) as m');
  expect(rows[0].m).toBeNull();
});
