// One suite of what a shape server must do, run with the unmodified clients against the embedded server.

import { Shape, ShapeStream } from '@electric-sql/client';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../scripts/testing/postgres';
import { until } from '../../scripts/testing/until';
import { createShapeServer, type ShapeServer } from './server';

let database: TestDatabase;
let server: ShapeServer;
let sql: Client;
const fetchClient = ((input: RequestInfo | URL, init?: RequestInit) =>
  server.handle(new Request(input, init))) as typeof fetch;
const url = 'http://shapes/v1/shape';

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  server = await createShapeServer({
    databaseUrl: database.url,
    longPollMs: 2000,
    logger: (l, s, e) => console.log(l, s, e ?? ''),
  });
  sql = new Client({ connectionString: database.url });
  await sql.connect();
});

afterAll(async () => {
  await sql.end();
  await server.close();
  await database.drop();
});

test('a shape follows its table', async () => {
  await sql.query(
    `create table items (id uuid primary key default gen_random_uuid(), title text, n int, ok bool, at timestamptz default now())`,
  );
  await sql.query(
    `insert into items (title, n, ok) select 'row ' || i, i, i % 2 = 0 from generate_series(1, 1000) i`,
  );
  const aborter = new AbortController();
  const stream = new ShapeStream({ url, params: { table: 'items' }, fetchClient, signal: aborter.signal });
  const shape = new Shape(stream);
  const rows = await shape.rows;
  expect(rows.length).toBe(1000);
  await sql.query(`insert into items (title, n, ok) values ('ü "x" \\ \n', 7, null)`);
  await until('1001', () => shape.currentRows.length === 1001);
  await sql.query(`update items set n = n + 1`);
  await until('all updated', () => shape.currentRows.every((r) => (r.n as number) > 1));
  await sql.query(`delete from items where n > 500`);
  const expected = (await sql.query(`select * from items order by id`)).rows;
  await until('deleted', () => shape.currentRows.length === expected.length);
  console.log(shape.currentRows[0], expected[0], server.status());
  aborter.abort();
});
