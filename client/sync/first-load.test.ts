// First loads beside what happens meanwhile: changes made on the device, rows that change places on the server, a shape
// that is gone when the load goes on. Small parts and real answers of the embedded shape server.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createShapeServer, type ShapeServer } from '../../electric/embedded/server';
import { embeddedUpstream } from '../../electric/proxy';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { type Device, openDevice } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';

let api: TestApi;
let shapes: ShapeServer;
let station: Station;
let project: string;

const restartShapes = async () => {
  await shapes?.close();
  shapes = await createShapeServer({ databaseUrl: api.database.url, chunkBytes: 20_000 });
};
beforeAll(async () => {
  api = await startTestApi({
    upstream: (params, signal) => embeddedUpstream((request) => shapes.handle(request))(params, signal),
  });
  await restartShapes();
});
afterAll(async () => {
  await shapes.close();
  await api.stop();
});
beforeEach(async () => {
  station = await openStation(api);
  project = crypto.randomUUID();
  await api.pool.query(
    "insert into project (id, workspace_id, key, name, position) values ($1, $2, 'OPS', 'Operations', 'a0')",
    [project, station.workspaceId],
  );
  await api.pool.query(
    `insert into task (id, workspace_id, project_id, title, description, position)
       select gen_random_uuid(), $1, $2, 'task ' || i, repeat('x', 200), 'a0' from generate_series(1, 1000) i`,
    [station.workspaceId, project],
  );
});
afterEach(() => station.close());

/** Of a row that nothing else deletes. */
const change = `update task set title = 'changed here'
  where id = (select min(id::text)::uuid from task where title like 'task 1%')`;

const count = async (device: Device) =>
  (await device.rows<{ n: number }>('select count(*)::int as n from task'))[0]!.n;

/** A device whose first load stands still after about this many bytes of the one answer, until it is let go. */
async function stalled(bytes: number): Promise<{ device: Device; go: () => void }> {
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const device = await openDevice(api.url, station.ada, {
    network(network) {
      network.through = (path, answer) => {
        if (path !== '/api/shapes/catch-up') return answer;
        const reader = answer.body!.getReader();
        let left = bytes;
        const body = new ReadableStream<Uint8Array>({
          async pull(controller) {
            const { done, value } = await reader.read();
            if (done) return controller.close();
            if (left <= 0) await gone;
            left -= value.length;
            controller.enqueue(value);
          },
        });
        return new Response(body, answer);
      };
    },
  });
  await until('some tasks are here', async () => (await count(device)) > 0);
  return { device, go };
}

test('R1, W1: rows can be read and changed while the rest of the first load is on its way', async () => {
  const { device, go } = await stalled(150_000);
  const here = await count(device);
  expect(here).toBeLessThan(1_000);
  expect(device.store.status().upToDate).toBe(false);
  await device.write(change);
  // Of rows that are changed and deleted on the server.
  await device.write(
    "update task set priority = 3 where title in ('task 1', 'task 2', 'task 20', 'task 29')",
  );
  await station.task(device, project, 'made here');
  // On the server meanwhile: what has come already, and what has not.
  await api.pool.query("update task set description = 'there' where title like 'task 1%'");
  await api.pool.query("delete from task where title like 'task 2%'");
  go();
  await until('everything is here', () => device.store.status().upToDate);
  // What was changed and is gone is confirmed with the next change of its table, or else after some time.
  await api.pool.query("update task set title = 'the last one' where title = 'task 999'");
  await station.expectSame(device);
  expect(await device.rows("select title from task where title like '% here' order by title")).toEqual([
    { title: 'changed here' },
    { title: 'made here' },
  ]);
  const { rows } = await api.pool.query('select count(*)::int as n from task where workspace_id = $1', [
    station.workspaceId,
  ]);
  expect(await count(device)).toBe(rows[0].n);
  await device.close();
});

test('R1, R3, W1: a load that cannot go on, because its shape is gone, begins anew and keeps what was changed here', async () => {
  const { device } = await stalled(150_000);
  await device.write(change);
  const disk = await device.dump();
  await device.close();
  await restartShapes();
  await api.pool.query("delete from task where title like 'task 3%'");
  const again = await openDevice(api.url, station.ada, { prepared: disk });
  await station.expectSame(again);
  expect(await again.rows("select title from task where title = 'changed here'")).toHaveLength(1);
  await again.close();
});

test('R1, R5: rows that take each other’s places while they are loaded end as on the server', async () => {
  const rename = (from: string, to: string) =>
    api.pool.query('update project set key = $2 where workspace_id = $1 and key = $3', [
      station.workspaceId,
      to,
      from,
    ]);
  const first = await station.device(station.ben);
  // In the log of the shape that the first device made: two keys change places by way of a third one.
  await api.pool.query(
    "insert into project (id, workspace_id, key, name, position) values (gen_random_uuid(), $1, 'ABC', 'Other', 'a1')",
    [station.workspaceId],
  );
  await rename('OPS', 'TMP');
  await rename('ABC', 'OPS');
  await rename('TMP', 'ABC');
  const second = await station.device(station.ada);
  await station.expectSame(first, second);
});
