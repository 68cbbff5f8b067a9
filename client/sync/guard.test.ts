// The guard between pglite-sync and PGlite: a batch that fails is not skipped.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import type { Device } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';

let api: TestApi;
let station: Station;
let a: Device;
let b: Device;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  station = await openStation(api);
  [a, b] = await Promise.all([station.device(station.ada), station.device(station.ben)]);
});
afterEach(() => station.close());

const newLabel = (on: Device, name: string) =>
  on.write(
    "insert into label (id, workspace_id, name, color) values ($1, $2, $3, '#112233')",
    crypto.randomUUID(),
    station.workspaceId,
    name,
  );

test('R5: a batch that fails as a whole is reported, loses nothing, and goes in when it can', async () => {
  await a.rows('alter function sync.apply_label(boolean) rename to apply_label_away');
  await newLabel(b, 'one');
  const problem = await until('the problem', () => a.store.status().problem);
  expect(problem).toMatchObject({ kind: 'not-stored' });
  await newLabel(b, 'two');
  expect(await a.rows('select name from label')).toEqual([]);
  await a.rows('alter function sync.apply_label_away(boolean) rename to apply_label');
  await station.expectSame(a, b);
  expect(await a.rows('select name from label order by name')).toEqual([{ name: 'one' }, { name: 'two' }]);
  expect(a.store.status().problem).toBeNull();
});
