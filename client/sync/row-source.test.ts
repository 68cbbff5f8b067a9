// A device and its source of rows: it can go over to another one with its rows and its unsent work, and back, and either
// brings what is easily missed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../db/tables';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { type Device, openDevice } from '../../scripts/testing/device';
import { type PollingServer, servePolling } from '../../scripts/testing/polling-route';
import { pollingSource } from '../../scripts/testing/polling-source';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import type { OpenSource } from './row-source';
import { shapeSource } from './shape-source';

let api: TestApi;
let polling: PollingServer;

beforeAll(async () => {
  api = await startTestApi();
  polling = await servePolling(api, schema);
});
afterAll(async () => {
  await polling.stop();
  await api.stop();
});

type Name = 'the shape stream' | 'plain polling of SQL';
const sourceOf = (name: Name): OpenSource =>
  name === 'the shape stream' ? shapeSource : pollingSource(polling.url);

/** A workspace of somebody new with a project in it. */
async function newPlace(): Promise<{ ada: TestPerson; workspaceId: string; projectId: string }> {
  const ada = await api.person('Ada');
  const { workspaceId } = await foundWorkspace(ada);
  const projectId = crypto.randomUUID();
  await api.pool.query(
    "insert into project (id, workspace_id, key, name, position) values ($1, $2, 'OPS', 'Operations', 'a0')",
    [projectId, workspaceId],
  );
  return { ada, workspaceId, projectId };
}

const insert = `insert into task (id, workspace_id, project_id, title, position) values ($1, $2, $3, $4, 'a0')`;
const titles = 'select title from task where workspace_id = $1 order by title';

async function expectTitles(device: Device, workspaceId: string, expected: string[]): Promise<void> {
  const found = async () =>
    (await device.rows<{ title: string }>(titles, workspaceId)).map(({ title }) => title);
  await until('the tasks', async () => JSON.stringify(await found()) === JSON.stringify(expected)).catch(
    async () => expect(await found()).toEqual(expected),
  );
}

describe.each<[Name, Name]>([
  ['the shape stream', 'plain polling of SQL'],
  ['plain polling of SQL', 'the shape stream'],
])('from %s to %s', (from, to) => {
  test('W1, R1: a device goes over with its rows and its unsent work', async () => {
    const { ada, workspaceId, projectId } = await newPlace();
    const [kept, gone] = [crypto.randomUUID(), crypto.randomUUID()];
    for (const [id, title] of [
      [kept, 'kept'],
      [gone, 'gone'],
    ]) {
      await api.pool.query(insert, [id, workspaceId, projectId, title]);
    }
    const before = await openDevice(api.url, ada, { source: sourceOf(from) });
    await before.settled();
    before.offline();
    await before.write(insert, crypto.randomUUID(), workspaceId, projectId, 'unsent');
    await before.write("update task set status = 'done' where id = $1", kept);
    const disk = await before.dump();
    await before.close();

    await api.pool.query('delete from task where id = $1', [gone]);
    await api.pool.query(insert, [crypto.randomUUID(), workspaceId, projectId, 'came meanwhile']);
    const after = await openDevice(api.url, ada, { source: sourceOf(to), prepared: disk });
    await after.settled();
    await expectTitles(after, workspaceId, ['came meanwhile', 'kept', 'unsent']);
    const { rows } = await api.pool.query(
      'select title, status from task where workspace_id = $1 order by title',
      [workspaceId],
    );
    expect(rows).toMatchObject([
      { title: 'came meanwhile' },
      { title: 'kept', status: 'done' },
      { title: 'unsent' },
    ]);
    await after.close();
  });
});

describe.each<Name>(['the shape stream', 'plain polling of SQL'])('by %s', (name) => {
  test('R1: a transaction that commits after one with a higher version arrives', async () => {
    const { ada, workspaceId, projectId } = await newPlace();
    const device = await openDevice(api.url, ada, { source: sourceOf(name) });
    await device.settled();
    const slow = await api.pool.connect();
    try {
      await slow.query('begin');
      await slow.query(insert, [crypto.randomUUID(), workspaceId, projectId, 'began first']);
      await api.pool.query(insert, [crypto.randomUUID(), workspaceId, projectId, 'ended first']);
      await expectTitles(device, workspaceId, ['ended first']);
      await slow.query('commit');
    } finally {
      slow.release();
    }
    await expectTitles(device, workspaceId, ['began first', 'ended first']);
    await device.close();
  });

  test('M1, R1: a change of a row that was deleted meanwhile is confirmed, though no version of it comes', async () => {
    const { ada, workspaceId, projectId } = await newPlace();
    const [id, other] = [crypto.randomUUID(), crypto.randomUUID()];
    await api.pool.query(insert, [id, workspaceId, projectId, 'a task']);
    await api.pool.query(insert, [other, workspaceId, projectId, 'another']);
    const device = await openDevice(api.url, ada, { source: sourceOf(name) });
    await device.settled();
    device.offline();
    await device.write("update task set title = 'changed' where id = $1", id);
    await api.pool.query('delete from task where id = $1', [id]);
    device.online();
    await until('the change is confirmed', async () => {
      // Otherwise the shape stream says how far it has come every 20 s only.
      await api.pool.query('update task set priority = 1 - priority where id = $1', [other]);
      return (await device.rows('select from sync.outbox')).length === 0;
    });
    await device.settled();
    await expectTitles(device, workspaceId, ['another']);
    await device.close();
  });

  test('R4: rows of a workspace leave with the membership, and rows of a new one come', async () => {
    const { ada, workspaceId, projectId } = await newPlace();
    await api.pool.query(insert, [crypto.randomUUID(), workspaceId, projectId, 'a task']);
    const ben = await api.person('Ben');
    const device = await openDevice(api.url, ben, { source: sourceOf(name) });
    await device.settled();
    await join(ada, ben, workspaceId, 'member');
    await expectTitles(device, workspaceId, ['a task']);
    await device.settled();
    await api.pool.query('delete from member where workspace_id = $1 and user_id = $2', [
      workspaceId,
      device.userId,
    ]);
    await expectTitles(device, workspaceId, []);
    await device.settled();
    expect(await device.rows('select id from workspace where id = $1', workspaceId)).toEqual([]);
    await device.close();
  });
});
