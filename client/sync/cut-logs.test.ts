// What cuts, lies and stands in between while a device reads: logs that end inside transactions, a server that names a
// position before its rows, a sign-in page in place of answers. The rows are the server's, and never said to be before.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createShapeServer, type ShapeServer } from '../../electric/embedded/server';
import { embeddedUpstream, type Upstream } from '../../electric/proxy';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { type Device, type FlakyNetwork, openDevice } from '../../scripts/testing/device';
import { until } from '../../scripts/testing/until';
import { foundWorkspace } from '../../scripts/testing/workspace';

let api: TestApi;
let shapes: ShapeServer;
/** What is done to an answer on its way to the proxy. */
let tampering: (params: URLSearchParams, answer: Response) => Promise<Response>;

beforeAll(async () => {
  tampering = async (_, answer) => answer;
  const upstream: Upstream = async (params, signal) =>
    await tampering(params, await embeddedUpstream((request) => shapes.handle(request))(params, signal));
  api = await startTestApi({ upstream });
  // Parts of a few rows each, so that every transaction of some size is cut.
  shapes = await createShapeServer({ databaseUrl: api.database.url, chunkBytes: 2_000 });
});
afterAll(async () => {
  await shapes.close();
  await api.stop();
});

interface Place {
  readonly ada: TestPerson;
  readonly workspaceId: string;
  readonly projectId: string;
}

async function newPlace(): Promise<Place> {
  const ada = await api.person('Ada');
  const { workspaceId } = await foundWorkspace(ada);
  const projectId = crypto.randomUUID();
  await api.pool.query(
    "insert into project (id, workspace_id, key, name, position) values ($1, $2, 'OPS', 'Operations', 'a0')",
    [projectId, workspaceId],
  );
  return { ada, workspaceId, projectId };
}

/** One server transaction that makes, renames or deletes this many tasks. */
async function transaction({ workspaceId, projectId }: Place, size: number, kind: Kind): Promise<void> {
  const some = 'select id from task where workspace_id = $1 order by md5(id::text || $2) limit $3';
  if (kind === 'insert') {
    await api.pool.query(
      `insert into task (id, workspace_id, project_id, title, description, position)
         select gen_random_uuid(), $1, $2, 'task ' || i, repeat('x', 300), 'a0' from generate_series(1, $3::int) i`,
      [workspaceId, projectId, size],
    );
  } else if (kind === 'update') {
    await api.pool.query(`update task set title = title || '!' where id in (${some})`, [
      workspaceId,
      'u',
      size,
    ]);
  } else {
    await api.pool.query(`delete from task where id in (${some})`, [workspaceId, 'd', size]);
  }
}
type Kind = 'insert' | 'update' | 'delete';

const rowsOf = 'select id, title, version from task where workspace_id = $1 order by id';

/** @param already it was up to date before the last change: what happened since may be on its way */
async function expectSame(place: Place, device: Device, already = false): Promise<void> {
  await device.settled();
  const server = await api.pool.query(rowsOf, [place.workspaceId]);
  const text = JSON.stringify(server.rows);
  const same = async () => JSON.stringify(await device.rows(rowsOf, place.workspaceId)) === text;
  if (already) await until('the rows of the server', same).catch(() => {});
  expect(await device.rows(rowsOf, place.workspaceId)).toEqual(server.rows);
}

/** Nothing is written meanwhile: whenever the device says "up to date", all rows are there (R6). */
function neverUntrue(place: Place, device: Device): () => Promise<void> {
  const looks: Promise<void>[] = [];
  const stop = device.store.onStatus(() => {
    if (!device.store.status().upToDate) return;
    looks.push(
      (async () => {
        const [here] = await device.rows<{ n: number }>(
          'select count(*)::int as n from task where workspace_id = $1',
          place.workspaceId,
        );
        const { rows } = await api.pool.query('select count(*)::int as n from task where workspace_id = $1', [
          place.workspaceId,
        ]);
        expect(here).toEqual(rows[0]);
      })(),
    );
  });
  return async () => {
    stop();
    expect(looks.length).toBeGreaterThan(0);
    await Promise.all(looks);
  };
}

const catchesUp = (path: string) => path.startsWith('/api/shapes/task?') && !path.includes('live=true');

/** How a device catches up: each shape by itself, as with a server that knows nothing else, or all in one answer. */
const ways = ['one by one', 'in one answer'] as const;
type Way = (typeof ways)[number];
const together = '/api/shapes/catch-up';
const unknown = () => Response.json({ error: { kind: 'not-found', sentence: 'Gone.' } }, { status: 404 });

/** @returns the answer, that stands still after so many bytes; stalled: it does now */
function stallingAt(bytes: number, answer: Response, stalled: () => void): Response {
  const reader = answer.body!.getReader();
  let left = bytes;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      controller.enqueue(value.subarray(0, left));
      left -= value.length;
      if (left > 0) return;
      stalled();
      await new Promise(() => {});
    },
  });
  return new Response(body, answer);
}

/**
 * Opens a device that is killed when it asks for the part after this many, or when about as many have come of the one
 * answer. @returns what was on its disk; null: it had everything before
 */
async function killedAfter(parts: number, place: Place, way: Way, before?: Blob): Promise<Blob | null> {
  let asked = 0;
  let held = false;
  const device = await openDevice(api.url, place.ada, {
    ...(before ? { prepared: before } : {}),
    network(network: FlakyNetwork) {
      if (way === 'one by one') network.instead = (path) => (path === together ? unknown() : null);
      else {
        network.through = (path, answer) =>
          path === together ? stallingAt(8_000 + parts * 2_300, answer, () => (held = true)) : answer;
      }
      network.holds = (path) => {
        if (!catchesUp(path)) return false;
        asked++;
        held ||= asked > parts;
        return held;
      };
    },
  });
  try {
    await until(
      'that part is asked for, or none is left',
      () => held || device.store.status().upToDate,
      60_000,
    );
    return held ? await device.dump() : null;
  } finally {
    await device.close();
  }
}

/** Sizes by which transactions end before, at and after the ends of parts. */
const history: readonly [number, Kind][] = [
  [1, 'insert'],
  [30, 'insert'],
  [2, 'insert'],
  [12, 'update'],
  [5, 'delete'],
  [23, 'insert'],
  [1, 'update'],
  [17, 'update'],
];

describe.each(ways)('a log that is cut inside transactions, %s', (way) => {
  test('R1, R6: a first load killed at the end of a part, in whatever transaction, goes on, and has every row', async () => {
    const place = await newPlace();
    // Makes the shape, so that what comes now is in its log.
    const first = await openDevice(api.url, place.ada);
    await first.settled();
    for (const [size, kind] of history) await transaction(place, size, kind);
    await expectSame(place, first, true);
    await first.close();
    for (const parts of [1, 2, 3, 8, 17]) {
      const disk = await killedAfter(parts, place, way);
      const device = await openDevice(api.url, place.ada, { prepared: disk! });
      const truth = neverUntrue(place, device);
      await expectSame(place, device);
      await truth();
      await device.close();
    }
  }, 150_000);

  test('R1, R6: so does a device that comes back, and dies again and again on the way', async () => {
    const place = await newPlace();
    const first = await openDevice(api.url, place.ada);
    await transaction(place, 3, 'insert');
    await expectSame(place, first, true);
    let disk = await first.dump();
    await first.close();
    for (const [size, kind] of history) await transaction(place, size, kind);
    let deaths = 0;
    // Two parts further each time, whatever transaction they end in.
    for (let next = await killedAfter(2, place, way, disk); next && deaths < 6; deaths++) {
      disk = next;
      next = await killedAfter(2 + deaths * 3, place, way, disk);
    }
    expect(deaths).toBeGreaterThan(1);
    const device = await openDevice(api.url, place.ada, { prepared: disk });
    const truth = neverUntrue(place, device);
    await expectSame(place, device);
    await truth();
    await device.close();
  }, 150_000);
});

/** Has the next catching-up answer, or live one, name a position that is past a transaction committed just now. */
function lieOnce(place: Place, live: boolean): () => boolean {
  let lied = false;
  tampering = async (params, answer) => {
    const isTask = params.get('table') === 'public.task' && params.get('params[1]') === place.workspaceId;
    if (lied || !isTask || !answer.ok || params.has('live') !== live) return answer;
    const text = await answer.text();
    if (!text.includes('"up-to-date"')) return new Response(text, answer);
    lied = true;
    await transaction(place, 20, 'insert');
    const { rows } = await api.pool.query("select (pg_current_wal_lsn() - '0/0'::pg_lsn)::text as lsn");
    const lie = text.replace(/"global_last_seen_lsn":"\d+"/, `"global_last_seen_lsn":"${rows[0].lsn}"`);
    expect(lie).not.toBe(text);
    return new Response(lie, answer);
  };
  return () => lied;
}

describe('a server that names a position before its rows', () => {
  for (const live of [false, true]) {
    test(`R1, R6: the rows come all the same, ${live ? 'in the live phase' : 'at a first load and a resume'}`, async () => {
      const place = await newPlace();
      await transaction(place, 3, 'insert');
      let lied = lieOnce(place, live);
      const device = await openDevice(api.url, place.ada);
      // A live answer comes when something happens.
      if (live) await device.settled();
      if (live) await transaction(place, 1, 'insert');
      await until('it lied', lied);
      await expectSame(place, device, live);
      const disk = await device.dump();
      await device.close();
      lied = lieOnce(place, live);
      const again = await openDevice(api.url, place.ada, { prepared: disk });
      if (live) await again.settled();
      if (live) await transaction(place, 1, 'insert');
      await until('it lied again', lied);
      await expectSame(place, again, live);
      await again.close();
    });
  }
});

describe('something else in place of the server', () => {
  const page = () =>
    new Response('<!doctype html><title>Welcome to the hotel</title>', {
      headers: { 'content-type': 'text/html' },
    });
  const wrong: Readonly<Record<string, () => Response>> = {
    'a page': page,
    'an empty object': () => Response.json({}),
    'an empty list without the headers': () => Response.json([]),
    'half an answer': () => new Response('[{"headers":{"operation":"insert"'),
  };
  for (const [name, answer] of Object.entries(wrong)) {
    test(`R6, W1: ${name} on every door is said, is not believed, and goes away by itself`, async () => {
      const place = await newPlace();
      await transaction(place, 3, 'insert');
      let asked = 0;
      let stands = true;
      const device = await openDevice(api.url, place.ada, {
        network(network) {
          network.instead = () => {
            if (!stands) return null;
            asked++;
            return answer();
          };
        },
      });
      await until('it is said', () => device.store.status().problem?.kind === 'unreadable');
      await until('it asked some times', () => asked >= 4);
      expect(device.store.status().upToDate).toBe(false);
      stands = false;
      await expectSame(place, device);
      // And while the device is open, with something to send.
      stands = true;
      asked = 0;
      await device.write(
        "update task set title = 'written behind the page' where workspace_id = $1",
        place.workspaceId,
      );
      await until('it was tried', () => asked >= 2);
      expect(device.store.status().unsent).toBe(1);
      stands = false;
      await expectSame(place, device, true);
      await device.close();
    });
  }

  test('A5: a server that knows none of the addresses is not asked more than it takes', async () => {
    const place = await newPlace();
    const device = await openDevice(api.url, place.ada);
    await device.settled();
    const asked: number[] = [];
    device.network.instead = () => {
      asked.push(performance.now());
      return Response.json({ error: { kind: 'not-found', sentence: 'Gone.' } }, { status: 404 });
    };
    await device.write("update project set name = 'later' where id = $1", place.projectId);
    await until('three seconds of it', () => asked.length > 0 && performance.now() - asked[0]! > 3_000);
    // Pauses here are 300 ms at most (testing/device.ts): two doors, each asked in turn.
    expect(asked.length).toBeLessThan(40);
    expect(device.store.status().problem?.kind).toBe('refused');
    device.network.instead = () => null;
    await device.settled();
    await device.close();
  });
});
