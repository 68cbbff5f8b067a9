// Ways into a workspace while the app is open, and many of them at once: each is followed at once, and nothing that the
// session names is missing while the device says that it is up to date.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { type Device, openDevice } from '../../scripts/testing/device';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';

let api: TestApi;
const open: Device[] = [];
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
afterEach(async () => {
  await Promise.all(open.splice(0).map((device) => device.close()));
});

async function deviceOf(person: TestPerson): Promise<Device> {
  const device = await openDevice(api.url, person);
  open.push(device);
  return device;
}

async function project(workspaceId: string, name: string): Promise<void> {
  await api.pool.query(
    "insert into project (id, workspace_id, key, name, position) values (gen_random_uuid(), $1, 'OPS', $2, 'a0')",
    [workspaceId, name],
  );
}

const workspaces = async (device: Device) =>
  (await device.rows<{ id: string }>('select id from workspace order by id')).map((row) => row.id);
test('R6: whoever is in no workspace yet gets the first one as soon as it is made elsewhere', async () => {
  const ada = await api.person('Ada');
  const device = await deviceOf(ada);
  await device.settled();
  expect(await workspaces(device)).toEqual([]);
  const { workspaceId } = await foundWorkspace(ada);
  await until('it is here', async () => (await workspaces(device)).includes(workspaceId));
  await project(workspaceId, 'Operations');
  await until('and it is live', async () => (await device.rows('select 1 from project')).length === 1);
});

test('R4, R6: made here, invited, removed and given back: each is followed at once, and the chip never says too much', async () => {
  const ada = await api.person('Ada');
  const ben = await api.person('Ben');
  const first = await foundWorkspace(ben, 'First');
  const device = await deviceOf(ben);
  await device.settled();
  const arrives = async (workspaceId: string) => {
    await until('it is here', async () => (await workspaces(device)).includes(workspaceId));
    await device.settled();
  };

  // The interface tells the store at once what the server answered it.
  const made = await foundWorkspace(ben, 'Made here');
  device.store.expect([first.workspaceId, made.workspaceId]);
  await until('it is not up to date at once', () => !device.store.status().upToDate);
  await until('it says that it is', () => device.store.status().upToDate);
  expect(await workspaces(device)).toContain(made.workspaceId);

  const theirs = await foundWorkspace(ada, 'Theirs');
  await project(theirs.workspaceId, 'Secret');
  const { memberId } = await join(ada, ben, theirs.workspaceId, 'member');
  await arrives(theirs.workspaceId);
  await ada.call('DELETE', `/api/workspaces/${theirs.workspaceId}/members/${memberId}`);
  await until('it is gone', async () => !(await workspaces(device)).includes(theirs.workspaceId));
  expect(await device.rows("select 1 from project where name = 'Secret'")).toEqual([]);
  await device.settled();
  await join(ada, ben, theirs.workspaceId, 'guest');
  await arrives(theirs.workspaceId);
  await until(
    'with its rows',
    async () => (await device.rows("select 1 from project where name = 'Secret'")).length === 1,
  );
});

test('R1, R6: twelve workspaces are followed by one device, and each goes on live', async () => {
  const ada = await api.person('Ada');
  const ids: string[] = [];
  for (let i = 0; i < 12; i++) ids.push((await foundWorkspace(ada, `Station ${i}`)).workspaceId);
  const device = await deviceOf(ada);
  // 252 shapes take their time, more so beside other tests.
  await until('it is up to date', () => device.store.status().upToDate, 140_000);
  expect(await workspaces(device)).toEqual([...ids].sort());
  expect(device.store.status().problem).toBeNull();
  for (const id of ids) await project(id, `in ${id}`);
  await until('all of them', async () => (await device.rows('select 1 from project')).length === ids.length);
}, 200_000);
