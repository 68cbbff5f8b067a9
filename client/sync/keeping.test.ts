// What must not be lost: over a killed process, a refetch, an upgrade, a copied device, another server database, an
// expired session, a lost workspace.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createShapeServer, type ShapeServer } from '../../electric/embedded/server';
import { embeddedUpstream } from '../../electric/proxy';
import { cookiesOf, startTestApi, type TestApi } from '../../scripts/testing/api';
import { openDevice } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';
import { migrationFiles, openNodeEngine, openPGlite } from '../open-node';

let api: TestApi;
let shapes: ShapeServer;
let station: Station;

beforeAll(async () => {
  // The shape server is behind a reference, so that a test can put another one in its place.
  api = await startTestApi({
    upstream: (params, signal) => embeddedUpstream((request) => shapes.handle(request))(params, signal),
  });
  shapes = await createShapeServer({ databaseUrl: api.database.url });
});
afterAll(async () => {
  await shapes.close();
  await api.stop();
});
beforeEach(async () => {
  station = await openStation(api);
});
afterEach(() => station.close());

async function newShapeServer(): Promise<void> {
  const before = shapes;
  shapes = await createShapeServer({ databaseUrl: api.database.url });
  await before.close();
}

describe('a killed process', () => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'outpost-kept-'));
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('W1: every write that was acknowledged before kill -9 is there, and is sent', async () => {
    const session = await station.ada.json<{ user: { id: string } }>('GET', '/api/session');
    const program = fileURLToPath(new URL('../../scripts/testing/write-for-ever.ts', import.meta.url));
    child = spawn(process.execPath, ['--import', 'tsx', program, folder, station.workspaceId], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = 0;
    for await (const line of createInterface({ input: child.stdout! })) {
      acknowledged = Number(line);
      if (acknowledged >= 40) break;
    }
    child.kill('SIGKILL');
    expect(acknowledged).toBe(40);
    const engine = await openNodeEngine({
      userId: session.body.user.id,
      dataDir: folder,
      baseUrl: api.url,
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { ...init?.headers, cookie: station.ada.cookie } }),
    });
    try {
      const [row] = (await engine.read({ sql: 'select count(*)::int as n from label', parameters: [] })) as {
        n: number;
      }[];
      expect(row!.n).toBeGreaterThanOrEqual(acknowledged);
      await until('everything is on the server', async () => {
        const { rows } = await api.pool.query(
          'select count(*)::int as n from label where workspace_id = $1',
          [station.workspaceId],
        );
        return rows[0].n >= acknowledged;
      });
    } finally {
      await engine.close();
    }
  });
});

describe('a refetch', () => {
  test('R2, R3: never shows fewer rows while it runs, and leaves pending work alone', async () => {
    const a = await station.device(station.ada);
    const b = await station.device(station.ben);
    const p = await station.project(b);
    const ids: string[] = [];
    for (let i = 0; i < 30; i++) ids.push(await station.task(b, p, `Task ${i}`));
    await station.expectSame(a, b);

    a.offline();
    await a.write("update task set title = 'pending' where id = $1", ids[3]);
    const mine = await station.task(a, p, 'made offline');
    await b.write('delete from task where id = $1', ids[7]);
    await until('b is through', () => b.store.status().unsent === 0);
    const seen: { n: number; title: string }[] = [];
    const stop = a.engine.watch(
      {
        sql: 'select count(*)::int as n, max(title) filter (where id = $1) as title from task',
        parameters: [ids[3]],
      },
      {
        onRows: (rows) => seen.push(rows[0] as { n: number; title: string }),
        onError: (error) => seen.push(error as never),
      },
    );
    await until('the first rows', () => seen.length > 0);
    await newShapeServer();
    a.online();
    await station.expectSame(a, b);
    stop();
    expect(new Set(seen.map((s) => s.title))).toEqual(new Set(['pending']));
    expect(seen[0]!.n).toBe(31);
    expect(seen.at(-1)!.n).toBe(30);
    expect(Math.min(...seen.map((s) => s.n))).toBe(30);
    expect(await station.titleOf(b, mine)).toBe('made offline');
  });
});

describe('the writer’s own screen', () => {
  test('R2: a person’s own write never flickers back', async () => {
    const a = await station.device(station.ada);
    const b = await station.device(station.ben);
    const p = await station.project(a);
    const t = await station.task(a, p, '0');
    await station.shows('0', t, b);
    const seen: number[] = [];
    const stop = a.engine.watch(
      { sql: 'select title from task where id = $1', parameters: [t] },
      {
        onRows: (rows) => seen.push(Number((rows[0] as { title: string }).title)),
        onError: () => seen.push(-1),
      },
    );
    for (let i = 1; i <= 60; i++) {
      await a.write('update task set title = $1 where id = $2', String(i), t);
      // The other device's changes of other fields keep the read path busy.
      if (i % 5 === 0) await b.write('update task set priority = $1 where id = $2', i % 4, t);
    }
    await station.expectSame(a, b);
    stop();
    expect(seen).toEqual([...seen].sort((x, y) => x - y));
    expect(seen.at(-1)).toBe(60);
  });
});

describe('the counter', () => {
  test('W1, W2: a copied device starts over, and nothing of either copy is lost', async () => {
    const a = await station.device(station.ada);
    const p = await station.project(a);
    await station.expectSame(a);
    const copy = await openDevice(api.url, station.ada, { prepared: await a.dump() });
    try {
      const before = await copy.rows<{ client_id: string }>('select client_id from sync.client');
      a.offline();
      copy.offline();
      const one = await station.task(a, p, 'from the one');
      const two = await station.task(copy, p, 'from the other');
      a.online();
      await station.shows('from the one', one, a);
      await until('sent', () => a.store.status().unsent === 0);
      copy.online();
      await station.shows('from the other', two, a, copy);
      await station.shows('from the one', one, a, copy);
      await station.expectSame(a, copy);
      expect(await copy.rows('select client_id from sync.client')).not.toEqual(before);
    } finally {
      await copy.close();
    }
  });

  test('W1: another database on the server gets everything that is unsent', async () => {
    const a = await station.device(station.ada);
    const p = await station.project(a);
    await station.expectSame(a);
    a.offline();
    const t = await station.task(a, p, 'kept');
    await api.pool.query('update sync.server set id = gen_random_uuid()');
    a.online();
    await station.expectSame(a);
    const { rows } = await api.pool.query('select title from task where id = $1', [t]);
    expect(rows).toEqual([{ title: 'kept' }]);
  });
});

describe('an expired session', () => {
  test('A3: blocks nothing local, and everything is sent after signing in again', async () => {
    const a = await station.device(station.ada);
    const p = await station.project(a);
    await station.expectSame(a);
    await api.pool.query('delete from auth.session where "userId" = $1', [a.userId]);
    const t = await station.task(a, p, 'written without a session');
    await until('the chip asks for it', () => a.store.status().session === 'expired');
    expect(await station.titleOf(a, t)).toBe('written without a session');
    expect(a.store.status().unsent).toBe(1);
    const { email, password } = station.ada;
    station.ada.cookie = '';
    station.ada.cookie = cookiesOf(
      await station.ada.call('POST', '/api/auth/sign-in/email', { email, password }),
    );
    a.store.wake();
    await station.expectSame(a);
    const { rows } = await api.pool.query('select title from task where id = $1', [t]);
    expect(rows).toEqual([{ title: 'written without a session' }]);
  });
});

describe('a lost workspace', () => {
  test('R4, W1: its rows leave the device, unsent work is kept and shown', async () => {
    const a = await station.device(station.ada);
    const b = await station.device(station.ben);
    const p = await station.project(a);
    const t = await station.task(a, p, 'theirs');
    await station.shows('theirs', t, b);
    b.offline();
    await b.write("update task set title = 'not sent in time' where id = $1", t);
    const { rows } = await api.pool.query('select id from member where workspace_id = $1 and user_id = $2', [
      station.workspaceId,
      b.userId,
    ]);
    await station.ada.call('DELETE', `/api/workspaces/${station.workspaceId}/members/${rows[0].id}`);
    b.online();
    await until('the rows are gone', async () => {
      const left = await b.rows(
        'select id from task union all select id from project union all select id from workspace',
      );
      return left.length === 0;
    });
    const refused = await until('the refusal', async () => {
      const kept = await b.rows<{ set: unknown; row_id: string }>('select set, row_id from sync.refused');
      return kept.length > 0 && kept;
    });
    expect(refused).toEqual([{ row_id: t, set: { title: 'not sent in time' } }]);
    expect(await b.rows('select * from sync.base')).toEqual([]);
  });
});

describe('an upgrade', () => {
  test('S4: a client upgrades its database in place, offline, with its outbox intact', async () => {
    const a = await station.device(station.ada);
    const p = await station.project(a);
    await station.expectSame(a);
    a.offline();
    const t = await station.task(a, p, 'before the upgrade');
    const dump = await a.dump();
    const outbox = await a.rows('select n, "table", row_id, kind, set from sync.outbox');
    expect(outbox).toHaveLength(1);
    const next = { name: '0099_next.client.sql', sql: 'create table sync.of_the_next_version (id integer);' };
    const pg = await openPGlite({ loadDataDir: dump }, [...migrationFiles(), next]);
    const { rows } = await pg.query('select n, "table", row_id, kind, set from sync.outbox');
    expect(rows).toEqual(outbox);
    expect((await pg.query('select title from task where id = $1', [t])).rows).toEqual([
      { title: 'before the upgrade' },
    ]);
    expect((await pg.query('select * from sync.of_the_next_version')).rows).toEqual([]);
    await pg.close();
  });
});
