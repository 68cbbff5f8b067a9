// What a device says of itself: as it is, with the shapes of its workspaces while they are current, cut and current again.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { schema } from '../../db/tables';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';
import { PGLITE_VERSION } from './database';
import { PastProblems } from './past-problems';

let api: TestApi;
let station: Station;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  station = await openStation(api);
});
afterEach(() => station.close());

test('the version of PGlite that is told is the one that is installed', () => {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const file = join(dirname(entry), '..', 'package.json');
  expect((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version).toBe(PGLITE_VERSION);
});

test('R6: every synced table of the workspace is there with its rows and its state; one that is cut off says since when', async () => {
  const a = await station.device(station.ada);
  const project = await station.project(a);
  for (const title of ['one', 'two', 'three']) await station.task(a, project, title);
  await a.settled();
  const found = await a.engine.diagnostics();
  expect(found.shapes.map(({ table }) => table)).toEqual(schema.names);
  expect(
    found.shapes.every(
      ({ state, workspaceId }) => state === 'current' && workspaceId === station.workspaceId,
    ),
  ).toBe(true);
  expect(found.shapes.find(({ table }) => table === 'task')).toMatchObject({ rows: 3 });
  expect(found.tables.find(({ table }) => table === 'member')).toEqual({ table: 'member', rows: 2 });
  expect(found.outbox).toEqual({
    ...{ waiting: 0, sending: false, oldest: null, answered: 0, refused: 0, held: 0, parked: 0 },
  });
  expect(found.database.size).toBeGreaterThan(2 ** 20);
  expect(found.database.memory).toBeGreaterThanOrEqual(32 * 2 ** 20);
  const steps = found.start.map(({ step }) => step);
  expect(steps).toEqual(
    expect.arrayContaining(['postgres', 'migrations', 'writable', 'session', 'rows', 'up-to-date']),
  );

  a.offline();
  const before = Date.now();
  await station.task(a, project, 'four');
  const cut = await until('it is known to be cut off', async () => {
    const now = await a.engine.diagnostics();
    return now.shapes.every(({ state }) => state === 'behind') ? now : null;
  });
  expect(cut.outbox.waiting).toBe(1);
  expect(cut.outbox.oldest).toBeGreaterThanOrEqual(before - 1_000);
  for (const { currentAt } of cut.shapes) expect(currentAt).toBeLessThanOrEqual(cut.at);
  const later = await a.engine.diagnostics();
  expect(later.shapes.map(({ currentAt }) => currentAt)).toEqual(
    cut.shapes.map(({ currentAt }) => currentAt),
  );
  a.online();
  await until('it is current again', async () =>
    (await a.engine.diagnostics()).shapes.every(({ state }) => state === 'current'),
  );
});

test('problems are kept by their kind, the newest first, and not for ever', () => {
  const past = new PastProblems();
  past.note('busy');
  past.note('busy');
  past.note('stopped');
  expect(past.list.map(({ kind }) => kind)).toEqual(['stopped', 'busy']);
  expect(past.list.every(({ sentence }) => /^[A-Z].*\.$/.test(sentence))).toBe(true);
});
