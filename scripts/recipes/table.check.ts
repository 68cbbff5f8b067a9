// Run in a scratch copy with one synced table more, by one migration and one definition: its rows go both ways, and
// are exported (scripts/recipes.test.ts).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportedTables } from '../../client/page/transfer/transfer-actions';
import { startTestApi, type TestApi } from '../testing/api';
import { openStation, type Station } from '../testing/station';
import { until } from '../testing/until';

let api: TestApi;
let station: Station;
beforeAll(async () => {
  api = await startTestApi();
  station = await openStation(api);
});
afterAll(async () => {
  await station.close();
  await api.stop();
});

test('R1, M1: rows of a new table go to the server and to others, merged, and are exported', async () => {
  const [a, b] = [await station.device(station.ada), await station.device(station.ben)];
  const project = await station.project(a);
  const id = crypto.randomUUID();
  await a.write(
    'insert into milestone (id, workspace_id, project_id, name) values ($1, $2, $3, $4)',
    ...[id, station.workspaceId, project, 'Roof on'],
  );
  const nameOn = async (device: typeof a) =>
    (await device.rows<{ name: string }>('select name from milestone where id = $1', id))[0]?.name;
  await until('the row on b', async () => (await nameOn(b)) === 'Roof on');
  await b.write('update milestone set name = $2 where id = $1', id, 'Roof is on');
  await until('the change on a', async () => (await nameOn(a)) === 'Roof is on');
  await station.expectSame(a, b);
  const { milestone } = await exportedTables(a.store, station.workspaceId);
  expect(milestone).toEqual([expect.objectContaining({ id, name: 'Roof is on' })]);
});
