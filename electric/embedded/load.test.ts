// Load: logs over their cap, readers that are slow, that vanish, or that are many. Memory stays within its bounds and
// the others notice nothing.
import type { Server } from 'node:http';
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net';
import { serve as serveHttp } from '@hono/node-server';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../scripts/testing/postgres';
import { until } from '../../scripts/testing/until';
import { createShapeServer, type ShapeServer } from './server';
import { Reader } from './testing/reader';

let database: TestDatabase;
let sql: Client;
let server: ShapeServer | undefined;
const aborter = { current: new AbortController() };
const running: Promise<unknown>[] = [];

beforeEach(async () => {
  aborter.current = new AbortController();
  database = await createTestDatabase({ migrated: false });
  sql = new Client({ connectionString: database.url });
  await sql.connect();
  await sql.query('set synchronous_commit = on');
});

afterEach(async () => {
  aborter.current.abort();
  await Promise.all(running.splice(0));
  await server?.close();
  await sql.end();
  await database.drop();
});

function start(options: { logCapBytes?: number } = {}): Promise<ShapeServer> {
  return createShapeServer({ databaseUrl: database.url, longPollMs: 500, ...options });
}

function read(from: ShapeServer, params: Record<string, string>, live: 'poll' | 'events' = 'poll'): Reader {
  const reader = new Reader({ fetch: (request) => from.handle(request), params, live });
  running.push(reader.follow(aborter.current.signal));
  return reader;
}

test('R1: logs over their cap: memory stays under it, readers start over and miss nothing', {
  timeout: 120_000,
}, async () => {
  const capBytes = 3 * 1024 * 1024;
  server = await start({ logCapBytes: capBytes });
  const tables = ['a', 'b', 'c'];
  for (const table of tables) await sql.query(`create table ${table} (id int primary key, pad text)`);
  const readers = tables.map((table) => read(server!, { table }));
  await until('the readers to be there', () => readers.every((reader) => reader.lsn >= 0n));
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, server!.status().bytes);
  }, 1);
  for (let i = 0; i < 60; i++) {
    const table = tables[i % 3]!;
    // 300 kB each; the table itself stays small enough to be loaded again.
    await sql.query(`delete from ${table}`);
    await sql.query(
      `insert into ${table} select i, repeat('x', 1000) from generate_series(${i}, ${i + 299}) i`,
    );
  }
  const expected = async (table: string) =>
    JSON.stringify((await sql.query(`select id from ${table} order by id`)).rows);
  for (const [i, table] of tables.entries()) {
    const wanted = await expected(table);
    await until(
      'equal rows',
      () => {
        const ids = [...readers[i]!.rows.values()].map((row) => Number(row.id)).sort((a, b) => a - b);
        return JSON.stringify(ids.map((id) => ({ id }))) === wanted;
      },
      30_000,
    );
  }
  clearInterval(watch);
  expect(most).toBeGreaterThan(capBytes / 3);
  expect(most).toBeLessThanOrEqual(capBytes);
  expect(readers.reduce((sum, reader) => sum + reader.refetches, 0)).toBeGreaterThan(0);
});

test('a shape that alone is larger than the cap is refused, and the others go on', async () => {
  server = await start({ logCapBytes: 1024 * 1024 });
  await sql.query('create table small (id int primary key); create table big (id int primary key, pad text)');
  await sql.query(`insert into big select i, repeat('x', 1000) from generate_series(1, 3000) i`);
  const reader = read(server, { table: 'small' });
  await until('the small one', () => reader.lsn >= 0n);
  const answer = await server.handle(new Request('http://shapes/v1/shape?table=big&offset=-1'));
  const text = await answer.text();
  // The first part may be out before the whole is known to be too large.
  if (answer.status === 200) {
    const handle = answer.headers.get('electric-handle');
    const next = await server.handle(
      new Request(`http://shapes/v1/shape?table=big&offset=0_0&handle=${handle}`),
    );
    expect([400, 409]).toContain(next.status);
  } else {
    expect(answer.status).toBe(400);
    expect(text).toContain('larger than the memory');
  }
  await sql.query('insert into small values (1)');
  await until('the row', () => reader.rows.size === 1);
});

test('R1: a client that never returns: its shape is given up for the others, memory stays under the cap', {
  timeout: 60_000,
}, async () => {
  const capBytes = 2 * 1024 * 1024;
  server = await start({ logCapBytes: capBytes });
  for (const table of ['left', 'kept']) {
    await sql.query(`create table "${table}" (id int primary key, pad text)`);
  }
  const first = await server.handle(new Request('http://shapes/v1/shape?table=%22left%22&offset=-1'));
  const handle = first.headers.get('electric-handle');
  expect((await first.text()).length).toBeGreaterThan(0);
  const reader = read(server, { table: 'kept' });
  await until('the other reader', () => reader.lsn >= 0n);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, server!.status().bytes);
  }, 1);
  for (let i = 0; i < 40; i++) {
    await sql.query(
      `insert into "left" select ${i} * 100 + i, repeat('x', 1000) from generate_series(1, 100) i`,
    );
    await sql.query(`insert into kept values (${i}, 'small')`);
  }
  await until('all of it', () => reader.rows.size === 40);
  clearInterval(watch);
  expect(most).toBeGreaterThan(capBytes / 2);
  expect(most).toBeLessThanOrEqual(capBytes);
  expect(reader.refetches).toBe(0);
  const late = await server.handle(
    new Request(`http://shapes/v1/shape?table=%22left%22&offset=0_inf&handle=${handle}`),
  );
  expect(late.status).toBe(409);
  expect(await late.json()).toEqual([{ headers: { control: 'must-refetch' } }]);
});

test('requests that are aborted leave nothing behind', async () => {
  server = await start();
  await sql.query('create table items (id int primary key)');
  const reader = read(server, { table: 'items' });
  await until('the reader to wait', () => reader.lsn >= 0n && server!.status().readers === 1);
  const gone = new AbortController();
  const url = `http://shapes/v1/shape?table=items&offset=0_inf&handle=${reader.handle}&live=true`;
  const asked = Array.from({ length: 300 }, (_, i) =>
    server!.handle(new Request(i % 2 === 0 ? url : `${url}&live_sse=true`, { signal: gone.signal })),
  );
  // An event stream waits only while somebody reads it.
  const streams = await Promise.all(asked.filter((_, i) => i % 2 === 1));
  for (const response of streams)
    response
      .body!.getReader()
      .read()
      .catch(() => {});
  await until('all to wait', () => server!.status().readers >= 301);
  gone.abort();
  await Promise.all(asked);
  await until('only the reader', () => server!.status().readers === 1);
});

test('a reader that does not read holds up nobody and fills no memory', { timeout: 60_000 }, async () => {
  server = await start();
  await sql.query('create table items (id int primary key, pad text)');
  const reader = read(server, { table: 'items' });
  await until('the reader to be there', () => reader.lsn >= 0n);
  const { http, port, sockets } = await listen(server);
  const idle = connectSocket(port, '127.0.0.1');
  const path = `/v1/shape?table=items&offset=0_inf&handle=${reader.handle}&live=true&live_sse=true`;
  idle.write(`GET ${path} HTTP/1.1\r\nhost: shapes\r\n\r\n`);
  idle.pause();
  await until('the idle reader to wait', () => server!.status().readers >= 2);
  let queued = 0;
  for (let i = 0; i < 40; i++) {
    await sql.query(
      `insert into items select i, repeat('x', 10000) from generate_series(${i * 50 + 1}, ${i * 50 + 50}) i`,
    );
    queued = Math.max(queued, ...[...sockets].map((socket) => socket.writableLength));
  }
  await until('the other reader to have all', () => reader.rows.size === 2000);
  expect(queued).toBeGreaterThan(0);
  expect(queued).toBeLessThan(4 * 1024 * 1024);
  // It can still go on from where it was.
  let text = '';
  idle.setEncoding('utf8');
  idle.on('data', (part: string) => {
    text += part;
  });
  idle.resume();
  await until(
    'the idle reader to catch up',
    () => text.includes('"public\\".\\"items\\"/\\"2000\\"'),
    30_000,
  );
  idle.destroy();
  await new Promise((resolve) => http.close(resolve));
});

/** The server behind real HTTP, with its ends of the connections. */
async function listen(shapes: ShapeServer): Promise<{ http: Server; port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  return new Promise((resolve) => {
    const http = serveHttp(
      { fetch: (request) => shapes.handle(request), port: 0, hostname: '127.0.0.1' },
      () => resolve({ http, port: (http.address() as AddressInfo).port, sockets }),
    ) as Server;
    http.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
  });
}
