// S1: the migrations give the same tables on the server's Postgres and on a device's PGlite.
// Compared is all of schema public: what one side adds to it on purpose are triggers, and nothing else.
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../scripts/testing/postgres';
import { migrate } from './sync/migrate';
import { schema, tableNames, tables } from './tables';

type Row = Record<string, unknown>;
type Query = (sql: string) => Promise<Row[]>;

/** What makes a table, each as rows that do not depend on oids or on the order of creation. */
const catalog = {
  relations: `select c.relname, c.relkind::text, c.relpersistence::text, c.relrowsecurity, c.reloptions
    from pg_class c where c.relnamespace = 'public'::regnamespace order by 1`,
  columns: `select c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
      a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid) as default_or_expression,
      l.collname, a.attstorage::text
    from pg_attribute a join pg_class c on c.oid = a.attrelid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      left join pg_collation l on l.oid = a.attcollation
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p') and a.attnum > 0
      and not a.attisdropped
    order by 1, 2`,
  constraints: `select c.conrelid::regclass::text as on_table, c.conname, c.contype::text,
      pg_get_constraintdef(c.oid) as definition, c.convalidated, c.condeferrable, c.condeferred
    from pg_constraint c where c.connamespace = 'public'::regnamespace order by 1, 2`,
  indexes: `select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`,
  types: `select t.typname, t.typtype::text,
      (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels
    from pg_type t where t.typnamespace = 'public'::regnamespace order by 1`,
  functions: `select p.oid::regprocedure::text as name, p.prosrc from pg_proc p
    where p.pronamespace = 'public'::regnamespace order by 1`,
} as const;

let server: TestDatabase;
let client: Client;
let device: PGlite;
const sides: { server: Query; device: Query } = {
  server: async (sql) => (await client.query<Row>(sql)).rows,
  device: async (sql) => (await device.query<Row>(sql)).rows,
};

/** The very files that the app ships, read the way Vite reads them for it. */
const files = Object.entries(
  import.meta.glob<string>('../migrations/**/*.sql', { query: '?raw', import: 'default', eager: true }),
).map(([path, sql]) => ({ name: path.slice('../migrations/'.length), sql }));

beforeAll(async () => {
  server = await createTestDatabase();
  client = new Client({ connectionString: server.url });
  await client.connect();
  device = await PGlite.create({ extensions: { btree_gist } });
  await migrate(
    { query: (sql, params) => device.query(sql, params), exec: (sql) => device.exec(sql) },
    files,
    'client',
    schema.machinery,
  );
});
afterAll(async () => {
  await client?.end();
  await server?.drop();
  await device?.close();
});

describe('S1: the same files give the same tables on both sides', () => {
  test.each(Object.keys(catalog) as (keyof typeof catalog)[])('S1: %s', async (part) => {
    const here = await sides.device(catalog[part]);
    const there = await sides.server(catalog[part]);
    expect(here).toEqual(there);
    if (part !== 'functions' && part !== 'types') expect(there.length).toBeGreaterThan(0);
  });

  test('S1: the comparison notices a difference', async () => {
    await device.exec('begin; alter table task add column extra integer check (extra > 0);');
    try {
      for (const part of ['columns', 'constraints'] as const) {
        expect(await sides.device(catalog[part])).not.toEqual(await sides.server(catalog[part]));
      }
    } finally {
      await device.exec('rollback');
    }
  });

  test('S1: every synced table exists with the columns that its shape pins', async () => {
    const rows = await sides.server(catalog.columns);
    for (const name of tableNames) {
      const columns = rows.filter((r) => r.relname === name && r.attgenerated === '').map((r) => r.attname);
      expect(new Set(columns)).toEqual(new Set(tables[name].columns));
    }
  });
});
