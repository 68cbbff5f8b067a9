// Run in a scratch copy in which task has one column more, by one migration and one entry in its definition: it is
// merged, shown, searched, exported, has a sentence, and clients of before go on (scripts/recipes.test.ts).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { columnName } from '../../client/app/inbox/values';
import { exportedTables } from '../../client/page/transfer/transfer-actions';
import { type Hit, searchHits } from '../../client/search/queries';
import { taskDetail } from '../../client/task/queries';
import { changeTask } from '../../client/task/write';
import { columnsAt } from '../../db/sync/schema';
import { schema } from '../../db/tables';
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

test('S3, M1: a column by one migration and one entry is synced, merged, shown, searched, exported', async () => {
  const [a, b] = [await station.device(station.ada), await station.device(station.ben)];
  const task = await station.task(a, await station.project(a), 'Mast');
  await station.shows('Mast', task, a, b);
  const referenceOn = async (device: typeof a) =>
    ((await device.store.read(taskDetail(device.store.db, task))) as { reference?: unknown }[])[0]?.reference;

  // Merged by itself: another column that was changed meanwhile stays.
  a.offline();
  await a.store.write(...changeTask(a.store.db, task, { reference: 'zulu-7' }));
  await b.store.write(...changeTask(b.store.db, task, { title: 'Main mast' }));
  await until('b is through', () => b.store.status().unsent === 0);
  a.online();
  await station.shows('Main mast', task, a, b);
  await until('the reference on b', async () => (await referenceOn(b)) === 'zulu-7');
  await station.expectSame(a, b);

  const hits = await b.store.read<Hit>(searchHits(b.store.db, station.workspaceId, 'zulu:*', 10));
  expect(hits.map(({ id }) => id)).toEqual([task]);
  const exported = await exportedTables(b.store, station.workspaceId);
  expect(exported.task).toEqual([expect.objectContaining({ id: task, reference: 'zulu-7' })]);
  expect(columnName('task', 'reference')).toBe('reference');

  // What its rule forbids is refused with its sentence, on the device and on the server.
  const long = a.store.write(...changeTask(a.store.db, task, { reference: 'x'.repeat(41) }));
  await expect(long).rejects.toMatchObject({ message: 'A reference can be at most 40 characters long.' });
  expect(schema.sentences.task_reference_length).toBe('A reference can be at most 40 characters long.');

  // Clients of before do not get it.
  expect(columnsAt(schema, 'task', schema.firstVersion)).not.toContain('reference');
  expect(columnsAt(schema, 'task', schema.version)).toContain('reference');
});
