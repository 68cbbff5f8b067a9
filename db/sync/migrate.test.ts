// The migration runner, the same suite on real Postgres and on PGlite.
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../scripts/testing/postgres';
import {
  type MigrationConnection,
  MigrationError,
  type MigrationFile,
  migrate,
  newest,
  type Side,
} from './migrate';

const one: MigrationFile[] = [
  { name: '0001_begin.sql', sql: 'create table a (id int); insert into a values (1);' },
  { name: '0001_begin.server.sql', sql: 'create table on_server (id int);' },
  { name: '0001_begin.client.sql', sql: 'create table on_client (id int);' },
];
const two: MigrationFile[] = [...one, { name: '0002_server.server.sql', sql: 'create table b (id int);' }];
const three: MigrationFile[] = [...two, { name: '0003_more.sql', sql: 'alter table a add x text;' }];

interface Engine {
  connection: MigrationConnection;
  side: Side;
  close(): Promise<void>;
}

function connectionOf(client: Client): MigrationConnection {
  return { query: (sql, params) => client.query(sql, params), exec: (sql) => client.query(sql) };
}

async function postgres(): Promise<Engine> {
  const database = await createTestDatabase({ migrated: false });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return {
    connection: connectionOf(client),
    side: 'server',
    close: async () => {
      await client.end();
      await database.drop();
    },
  };
}

let shared: PGlite;
beforeAll(async () => {
  shared = await PGlite.create({ extensions: { btree_gist } });
});
afterAll(() => shared.close());

async function pglite(): Promise<Engine> {
  const copy = (await shared.clone()) as PGlite;
  return { connection: copy, side: 'client', close: () => copy.close() };
}

describe.each([
  ['Postgres', postgres],
  ['PGlite', pglite],
] as const)('migrate on %s', (_, open) => {
  let engine: Engine;
  const run = (files: readonly MigrationFile[]) => migrate(engine.connection, files, engine.side);
  const has = async (table: string) => {
    const { rows } = await engine.connection.query('select to_regclass($1) is not null as there', [table]);
    return (rows[0] as { there: boolean }).there;
  };
  const kindOf = async (files: readonly MigrationFile[]) => {
    const error = await run(files).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MigrationError);
    return (error as MigrationError).kind;
  };
  beforeEach(async () => {
    engine = await open();
    return () => engine.close();
  });

  test('S4: applies what is missing, each file once, and only its own side', async () => {
    expect(await run([...one].reverse())).toEqual({ from: 0, to: 1 });
    expect(await has('on_server')).toBe(engine.side === 'server');
    expect(await has('on_client')).toBe(engine.side === 'client');
    expect(await run(one)).toEqual({ from: 1, to: 1 });
    expect(await run(three)).toEqual({ from: 1, to: 3 });
    const { rows } = await engine.connection.query('select id, x from a');
    expect(rows).toEqual([{ id: 1, x: null }]);
    expect(await has('b')).toBe(engine.side === 'server');
    expect(await run(three)).toEqual({ from: 3, to: 3 });
  });

  test('S4: a failing number leaves nothing of itself, and what came before it stays', async () => {
    const broken = [...two, { name: '0003_more.sql', sql: 'create table c (id int); select nonsense;' }];
    expect(await kindOf(broken)).toBe('failed');
    expect(await has('a')).toBe(true);
    expect(await has('c')).toBe(false);
    expect((await run(three)).to).toBe(3);
  });

  test('S2: refuses a file that was changed, went away or came late, and a newer database', async () => {
    await run(three);
    const [first, ...rest] = three;
    expect(await kindOf([{ name: first!.name, sql: `${first!.sql} -- changed` }, ...rest])).toBe('changed');
    expect(await kindOf(rest)).toBe('missing');
    expect(await kindOf(one)).toBe('newer');
    expect(
      await kindOf([
        ...three,
        { name: '0003_more.server.sql', sql: 'select 1' },
        { name: '0003_more.client.sql', sql: 'select 1' },
      ]),
    ).toBe('out-of-order');
    const windows = three.map((file) => ({ ...file, sql: file.sql.replaceAll('\n', '\r\n') }));
    expect(await run(windows)).toEqual({ from: 3, to: 3 });
  });

  test('S2: a newer core comes to an app that has gone on with numbers of its own; each has its own order', async () => {
    const core = { name: '0001_sync.sql', sql: 'create table core (id int);' };
    const app = { name: '1001_app.sql', sql: 'create table app (id int);' };
    expect(await run([core, app])).toEqual({ from: 0, to: 1001 });
    const newer = { name: '0007_sync_more.sql', sql: 'alter table core add x int;' };
    expect(await run([core, newer, app])).toEqual({ from: 1001, to: 1001 });
    expect(await run([core, newer, app])).toEqual({ from: 1001, to: 1001 });
    const late = { name: '0006_sync_late.sql', sql: 'select 1' };
    expect(await kindOf([core, late, newer, app])).toBe('out-of-order');
    const lateApp = { name: '0999_late.sql', sql: 'select 1' };
    expect(await kindOf([core, newer, lateApp, app])).toBe('out-of-order');
  });
});

test('S1: refuses names that do not order', async () => {
  const bad = (...names: string[]) =>
    expect(() =>
      newest(
        names.map((name) => ({ name, sql: '' })),
        'server',
      ),
    ).toThrow(MigrationError);
  bad('1_short.sql');
  bad('0001_Upper.sql');
  bad('0001_a.sql', '0001_b.server.sql');
  expect(newest(two, 'client')).toBe(1);
  expect(newest(two, 'server')).toBe(2);
});

test('S1: two servers that start at once on one database apply each file once', async () => {
  const database = await createTestDatabase({ migrated: false });
  const clients = [database.url, database.url].map((connectionString) => new Client({ connectionString }));
  const results = await Promise.all(
    clients.map(async (client) => {
      await client.connect();
      return await migrate(connectionOf(client), three, 'server').finally(() => client.end());
    }),
  );
  expect(results.map((result) => result.from).sort()).toEqual([0, 3]);
  await database.drop();
});
