// Faults: Postgres dies and comes back, connections break in the middle, the database is another one afterwards,
// somebody meddles with the publication. Nothing is missed, and no reader ever sees half a transaction.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, expect, test } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../api/host/postgres';
import { createTestDatabase } from '../../scripts/testing/postgres';
import { until } from '../../scripts/testing/until';
import { createShapeServer, type ShapeServer } from './server';
import { type Checkpoint, Reader } from './testing/reader';
import { openRelay } from './testing/relay';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.query('set synchronous_commit = on');
  cleanups.push(() => client.end().catch(() => {}));
  return client;
}

async function serve(databaseUrl: string): Promise<ShapeServer> {
  const server = await createShapeServer({
    databaseUrl,
    longPollMs: 300,
    readyMs: 200,
    catalogEveryMs: 100,
  });
  cleanups.push(() => server.close());
  return server;
}

/** A reader in the background; `check` throws what it ran into. */
function read(server: () => ShapeServer, table: string, onUpToDate?: (checkpoint: Checkpoint) => void) {
  const reader = new Reader({
    fetch: (request) => server().handle(request),
    params: { table },
    ...(onUpToDate ? { onUpToDate } : {}),
  });
  const aborter = new AbortController();
  let failure: unknown;
  const done = reader.follow(aborter.signal).catch((error) => {
    failure = error;
  });
  cleanups.push(async () => {
    aborter.abort();
    await done;
  });
  const check = () => {
    if (failure) throw failure;
  };
  return { reader, check };
}

/** Waits until the reader has just these ids. */
async function untilIds(followed: ReturnType<typeof read>, ids: readonly number[], patience = 30_000) {
  const wanted = JSON.stringify([...ids].sort((a, b) => a - b));
  await until(
    `the rows ${wanted.slice(0, 80)}`,
    () => {
      followed.check();
      const found = [...followed.reader.rows.values()].map((row) => Number(row.id)).sort((a, b) => a - b);
      return followed.reader.lsn >= 0n && JSON.stringify(found) === wanted;
    },
    patience,
  );
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A cluster of its own that can be killed, and thrown away for a new one at the same address. */
async function ownPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'shape-faults-'));
  let running: RunningPostgres = await startPostgres({ folder, durable: false });
  const { url, port } = running;
  cleanups.push(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    url,
    async kill() {
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
    },
    async start() {
      running = await startPostgres({ folder, durable: false, port });
    },
    /** Everything is lost; the new cluster has the old password. */
    async replace() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
      running = await startPostgres({ folder, durable: false, port });
      const client = await connect(running.url);
      await client.query(`alter user postgres password '${new URL(url).password}'`);
      await client.end();
    },
  };
}

test('Postgres killed and started again: 503 meanwhile, then everything', { timeout: 120_000 }, async () => {
  const postgres = await ownPostgres();
  let sql = await connect(postgres.url);
  await sql.query('create table items (id int primary key); insert into items select generate_series(1, 10)');
  const server = await serve(postgres.url);
  const followed = read(() => server, 'items');
  await untilIds(followed, range(1, 10));
  for (let round = 1; round <= 2; round++) {
    await postgres.kill();
    const health = async () => (await server.handle(new Request('http://shapes/v1/health'))).status;
    await until('the server to notice', async () => (await health()) === 202);
    const refused = await server.handle(new Request('http://shapes/v1/shape?table=items&offset=-1'));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    await until('the reader to be refused', () => followed.reader.outages >= round);
    await postgres.start();
    sql = await connect(postgres.url);
    await sql.query(`insert into items values (${round * 100}); delete from items where id = ${round}`);
    await untilIds(followed, [...range(round + 1, 10), ...range(1, round).map((i) => i * 100)]);
    expect(followed.reader.refetches).toBe(round);
    await sql.query(`insert into items values (${round * 1000})`);
    await until('live changes', () =>
      [...followed.reader.rows.values()].some((row) => row.id === `${round * 1000}`),
    );
    await sql.query(`delete from items where id = ${round * 1000}`);
  }
});

test('R1: connections cut at any moment: only whole transactions, and all of them', {
  timeout: 120_000,
}, async () => {
  const database = await createTestDatabase({ migrated: false });
  cleanups.push(() => database.drop());
  const sql = await connect(database.url);
  await sql.query('create table items (id int primary key, pad text)');
  const relay = await openRelay(Number(new URL(database.url).port));
  cleanups.push(() => relay.close());
  const relayed = new URL(database.url);
  relayed.port = String(relay.port);
  const server = await serve(relayed.href);
  const partial: number[] = [];
  const followed = read(
    () => server,
    'items',
    ({ rows }) => {
      if (rows.size % 500 !== 0) partial.push(rows.size);
    },
  );
  await untilIds(followed, []);
  let cuts = 0;
  for (let i = 0; i < 12; i++) {
    const before = relay.received;
    await sql.query(
      `insert into items select i, repeat(md5(i::text), 40) from generate_series(${i * 500 + 1}, ${i * 500 + 500}) i`,
    );
    // Some 640 kB follow; cut somewhere in the middle of them.
    const at = before + 50_000 * i;
    await until(
      'the bytes to come',
      () => relay.received >= at || followed.reader.rows.size === (i + 1) * 500,
    );
    if (i % 3 !== 2) {
      relay.cut();
      cuts++;
    }
  }
  await untilIds(followed, range(1, 6000), 60_000);
  expect(partial).toEqual([]);
  expect(cuts).toBe(8);
  expect(followed.reader.refetches).toBeGreaterThan(0);
});

test('another database with lower positions at the same address: none goes backwards', {
  timeout: 120_000,
}, async () => {
  const postgres = await ownPostgres();
  const sql = await connect(postgres.url);
  await sql.query('create table items (id int primary key, pad text)');
  await sql.query(`insert into items select i, repeat(md5(i::text), 30) from generate_series(1, 30000) i`);
  await sql.query('delete from items where id > 3');
  let server = await serve(postgres.url);
  const followed = read(() => server, 'items');
  await untilIds(followed, [1, 2, 3]);
  await sql.query('insert into items values (4)');
  await untilIds(followed, [1, 2, 3, 4]);
  const before = followed.reader.lsn;
  await sql.end();

  await postgres.replace();
  const fresh = await connect(postgres.url);
  const wal = async () =>
    BigInt((await fresh.query("select (pg_current_wal_lsn() - '0/0')::text as lsn")).rows[0].lsn);
  expect(await wal()).toBeLessThan(before);
  await fresh.query('create table items (id int primary key, pad text); insert into items values (7)');
  await untilIds(followed, [7]);
  expect(followed.reader.lsn).toBeGreaterThan(before);
  await fresh.query('insert into items values (8)');
  await untilIds(followed, [7, 8]);

  // A server that has just started knows of the old positions only from the readers' offsets.
  const last = followed.reader.lsn;
  const old = server;
  server = await serve(postgres.url);
  await old.close();
  await untilIds(followed, [7, 8]);
  await fresh.query('insert into items values (9)');
  await untilIds(followed, [7, 8, 9]);
  expect(followed.reader.lsn).toBeGreaterThan(last);
});

test('meddling with what the stream needs: noticed, repaired, nothing missed', {
  timeout: 60_000,
}, async () => {
  const database = await createTestDatabase({ migrated: false });
  cleanups.push(() => database.drop());
  const sql = await connect(database.url);
  await sql.query('create table items (id int primary key)');
  const server = await serve(database.url);
  const followed = read(() => server, 'items');
  await untilIds(followed, []);
  const meddling = [
    'alter table items replica identity default',
    'alter publication shape_server drop table items',
    'drop publication shape_server',
    `select pg_terminate_backend(active_pid) from pg_replication_slots where database = current_database()`,
    'alter table items add column extra int; alter table items drop column extra',
  ];
  const ids: number[] = [];
  for (const [i, statement] of meddling.entries()) {
    const { refetches } = followed.reader;
    await sql.query(statement);
    ids.push(i + 1);
    await sql.query(`insert into items values (${i + 1}); update items set id = id`);
    if (i < 4) await until(`a refetch after: ${statement}`, () => followed.reader.refetches > refetches);
    await untilIds(followed, ids);
  }
});
