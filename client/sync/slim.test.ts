// S4: a slim prepared database is as good as a full one for what comes later: migrations, errors, catalogs.
import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preparedBlob, standardViewsSql } from '../../scripts/prepare';
import { openPGlite } from '../open-node';
import { startPGlite } from './database';
import { slimFiles } from './slim';
import { hasStandardViews, makeStandardViews } from './standard-views';
import { readTar, writeTar } from './tar';

let slim: PGlite;
beforeAll(async () => {
  slim = await openPGlite({ loadDataDir: await preparedBlob() });
});
afterAll(() => slim?.close());

/** A migration of the kinds that may come. */
const later = `
  create type later_kind as enum ('a', 'b');
  create domain later_name as text check (length(value) < 20);
  create table later (
    id uuid primary key default gen_random_uuid(),
    kind later_kind not null default 'a',
    name later_name not null unique,
    during tstzrange not null,
    tags text[] not null default '{}',
    extra jsonb,
    words tsvector generated always as (to_tsvector('simple', name::text)) stored,
    task_id uuid references task(id) deferrable initially deferred,
    exclude using gist (kind with =, during with &&)
  );
  alter table task add column later_count integer not null default 0 check (later_count >= 0);
  alter table later add column rank numeric(10, 2), alter column rank set default 1.5;
  create index later_words on later using gin (words);
  create index later_lower on later (lower(name::text)) where rank is not null;
  create view later_view as select l.*, t.title from later l left join task t on t.id = l.task_id;
  create materialized view later_count as select kind, count(*) from later group by kind;
  create sequence later_seq owned by later.id;
  create function later_write() returns trigger language plpgsql as $$
  begin
    update later set name = new.name where id = new.id;
    return new;
  exception when unique_violation then
    raise exception 'name % is taken', new.name using errcode = 'P0001', table = 'later';
  end $$;
  create trigger later_write instead of update on later_view for each row execute function later_write();
  create function later_sum(numeric, numeric) returns numeric language sql immutable as 'select $1 + $2';
  create aggregate later_total(numeric) (sfunc = later_sum, stype = numeric, initcond = '0');
  comment on table later is 'made later';
  create extension if not exists btree_gist;`;

test('S4: a later migration of every usual kind works on a slim database', async () => {
  await slim.transaction(async (tx) => {
    await tx.exec(later);
    await tx.exec(`insert into later (name, during, tags) values
      ('one', '[2026-01-01 00:00+01,2026-01-02 00:00+01)', '{x,y}'), ('two', '[2026-02-01,2026-02-02)', '{}')`);
    const { rows } = await tx.query(
      `select name, title, words::text, (during @> '2026-01-01 12:00 Europe/Berlin'::timestamptz) as within
       from later_view where tags @> '{x}'`,
    );
    expect(rows).toEqual([{ name: 'one', title: null, words: "'one':1", within: true }]);
    expect((await tx.query('select later_total(rank) as total from later')).rows).toEqual([
      { total: '3.00' },
    ]);
    expect((await tx.query("select obj_description('later'::regclass) as text")).rows).toEqual([
      { text: 'made later' },
    ]);
    await tx.exec('savepoint before');
    await expect(tx.exec(`update later_view set name = 'two' where name = 'one'`)).rejects.toThrow(
      'name two is taken',
    );
    await tx.exec('rollback to before');
    await tx.exec(
      'refresh materialized view later_count; drop view later_view; analyze later; reindex table later',
    );
    await tx.rollback();
  });
});

test('S4: an extension can be dropped and created again, and errors name their objects', async () => {
  await slim.transaction(async (tx) => {
    await tx.exec('drop extension btree_gist cascade; create extension btree_gist');
    await tx.exec('create table g (a integer, b integer, exclude using gist (a with =, b with <>))');
    await tx.exec('insert into g values (1, 1)');
    await expect(tx.exec('insert into g values (1, 2)')).rejects.toMatchObject({
      code: '23P01',
      table: 'g',
      constraint: 'g_a_b_excl',
      message: 'conflicting key value violates exclusion constraint "g_a_b_excl"',
    });
    await tx.rollback();
  });
  await expect(slim.query('select nothing from task')).rejects.toThrow('column "nothing" does not exist');
  await expect(slim.query('select no_such(1)')).rejects.toThrow('function no_such(integer) does not exist');
  await expect(slim.query('select from pg_tables')).rejects.toThrow('relation "pg_tables" does not exist');
});

test('a slim database answers what psql asks to describe a table', async () => {
  const { rows } = await slim.query<{ column: string; type: string; default: string | null }>(
    `select a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
       pg_get_expr(d.adbin, d.adrelid) as default
     from pg_attribute a left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
     where a.attrelid = 'task'::regclass and a.attnum > 0 and not attisdropped order by attnum`,
  );
  expect(rows.slice(0, 2)).toMatchObject([{ column: 'id', type: 'uuid' }, { type: 'uuid' }]);
  const described = await slim.query<{ text: string | null }>(
    `select pg_get_indexdef(indexrelid) as text from pg_index where indrelid = 'booking'::regclass
     union all select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'booking'::regclass
     union all select pg_get_viewdef(oid) from pg_class where relkind = 'v'
     union all select pg_get_functiondef(p.oid) from pg_proc p where pronamespace = 'sync'::regnamespace
     union all select pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'task'::regclass`,
  );
  expect(described.rows.length).toBeGreaterThan(100);
  expect(described.rows.every(({ text }) => text !== null)).toBe(true);
});

test('the standard views can be given back, and are the same as in a full database', async () => {
  const [full, own] = await Promise.all([startPGlite({}), openPGlite({ loadDataDir: await preparedBlob() })]);
  const views = `select relnamespace::regnamespace::text as schema, relname as name, pg_get_viewdef(oid) as text
    from pg_class where relkind = 'v' and relnamespace::regnamespace::text in ('pg_catalog', 'information_schema')
    order by 1, 2`;
  try {
    expect(await hasStandardViews(own)).toBe(false);
    expect(await hasStandardViews(full)).toBe(true);
    expect(await makeStandardViews(own, async () => standardViewsSql())).toBe(true);
    expect(await makeStandardViews(own, () => Promise.reject(new Error('not asked for')))).toBe(false);
    expect((await own.query(views)).rows).toEqual((await full.query(views)).rows);
    expect((await own.query('show search_path')).rows).toEqual([{ search_path: 'public' }]);
    const columns = `select column_name, udt_name, data_type from information_schema.columns
      where table_name = 'task' and table_schema = 'public' order by ordinal_position`;
    expect((await own.query(columns)).rows).toContainEqual({
      column_name: 'title',
      udt_name: 'text',
      data_type: 'text',
    });
    const { rows } = await own.query("select tablename from pg_tables where schemaname = 'public'");
    expect(rows).toContainEqual({ tablename: 'task' });
  } finally {
    await Promise.all([full.close(), own.close()]);
  }
});

test('the log of a prepared database is one segment, empty behind its end; a damaged tar file is refused', async () => {
  const tar = new Uint8Array(await (await preparedBlob()).arrayBuffer());
  const entries = readTar(tar);
  const logs = entries.filter(({ name }) => /pg_wal\/[0-9A-F]{24}$/.test(name));
  expect(logs).toHaveLength(1);
  expect(logs[0]!.data).toHaveLength(1 << 20);
  expect(logs[0]!.data.subarray(16_384).every((byte) => byte === 0)).toBe(true);
  expect(entries.some(({ name }) => /_(fsm|vm)$/.test(name))).toBe(false);
  expect(Buffer.from(writeTar(entries)).equals(tar)).toBe(true);
  expect(() => readTar(tar.slice(1))).toThrow('not a tar file');
  const conf = entries.find(({ name }) => name.endsWith('/postgresql.conf'))!;
  expect(new TextDecoder().decode(conf.data)).not.toContain('#');
});

test('of the files, only what holds rows and settings is kept as it was', () => {
  const entry = (name: string, data: Uint8Array) => ({ name, type: '0', mode: 0o600, data });
  const log = new Uint8Array(3 * 8192).fill(7);
  const slimmed = readTar(
    slimFiles(
      writeTar([
        entry('/base/5/1', Uint8Array.of(1)),
        entry('/base/5/1_fsm', Uint8Array.of(2)),
        entry('/base/5/pg_internal.init', Uint8Array.of(3)),
        entry('/pg_wal/000000010000000000000001', log),
        entry('/pg_wal/000000010000000000000002', log),
        entry('/postgresql.conf', new TextEncoder().encode("# about\na = 'b#'\t# why\n\nc = 1\n")),
      ]),
      '000000010000000000000002',
      8193,
    ),
  );
  expect(slimmed.map(({ name }) => name)).toEqual([
    '/base/5/1',
    '/pg_wal/000000010000000000000002',
    '/postgresql.conf',
  ]);
  expect(slimmed[1]!.data.lastIndexOf(7)).toBe(2 * 8192 - 1);
  expect(new TextDecoder().decode(slimmed[2]!.data)).toBe("a = 'b#'\nc = 1\n");
});
