// S2: the migration linter refuses every statement that does more than add, and any change of a released file.
// The files are written into a folder made for each case.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { migrationLint, release } from './migration-lint';
import { problemLine } from './problem';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const base = 'create table thing (id uuid primary key, name text);\n';

function folderWith(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'migrations-'));
  folders.push(root);
  mkdirSync(join(root, 'migrations'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'migrations', name), text);
  return root;
}

async function problemsOf(files: Record<string, string>): Promise<string[]> {
  return (await migrationLint.run(folderWith(files))).map(problemLine);
}

test.each([
  'drop table thing',
  'drop index thing_name',
  'truncate thing',
  "alter type mood add value 'grumpy'",
  'alter type mood rename to temper',
  'alter table thing rename name to title',
  'alter table thing rename to item',
  'alter table thing drop column name',
  'alter table thing alter column name type varchar(20)',
  'alter table thing alter column name set not null',
  'alter table thing alter column name drop default',
  'alter table thing drop constraint thing_pkey',
  'alter table thing add column age integer not null',
  'alter table thing add column code text unique',
  'alter table thing add column age integer check (age > 0)',
  'alter table thing add constraint named check (name is not null)',
  'alter table thing add constraint once unique (name)',
  'create unique index thing_once on thing (name)',
  'update thing set name = upper(name)',
  'delete from thing',
  "do $$ begin execute 'drop table thing'; end $$",
  'create trigger t before insert on thing for each row execute function f()',
  'create extension btree_gist',
  'create extension if not exists plpython3u',
  'create tabel thing ()',
])('S2: refuses in a later shared file: %s', async (sql) => {
  const problems = await problemsOf({ '0001_base.sql': base, '0002_more.sql': `-- a comment\n\n${sql};\n` });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^migrations\/0002_more\.sql(:3)? S2: /);
});

test.each([
  ['server', 'create table public.other (id uuid)'],
  ['server', 'alter table thing add column age integer'],
  ['client', 'alter table thing add constraint named check (name is not null) not valid'],
  ['client', 'alter table thing replica identity full'],
  ['server', 'drop function f()'],
  ['server', "insert into thing values (gen_random_uuid(), 'a')"],
])('S2: refuses in a %s-only file: %s', async (side, sql) => {
  const problems = await problemsOf({ '0001_base.sql': base, [`0001_base.${side}.sql`]: `${sql};` });
  expect(problems).toHaveLength(1);
});

test('S2: lets through what only adds', async () => {
  const problems = await problemsOf({
    '0001_base.sql': `${base}create unique index thing_name on thing (name);
      alter table thing add constraint named check (name <> '');`,
    '0001_base.server.sql': `create schema sync; create table sync.client (id uuid);
      insert into sync.client values (gen_random_uuid());
      create function f() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger t before insert on thing for each row execute function f();
      alter table thing replica identity full; create publication p for table thing;`,
    '0001_base.client.sql': 'create schema sync; create view sync.thing as select * from public.thing;',
    '0002_more.sql': `alter table thing add column age integer, add column size integer not null default 0;
      alter table thing add constraint sized check (size >= 0) not valid;
      create index thing_age on thing (age);
      create extension if not exists btree_gist;
      create table other (id uuid primary key, thing_id uuid references thing (id) not null);
      create function g() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger t before update on other for each row execute function g();`,
    '0002_more.server.sql': 'create or replace function f() returns void language sql as $$ select 1 $$;',
  });
  expect(problems).toEqual([]);
});

test('S2: an exception lets one statement through, needs a reason, and must excuse something', async () => {
  const files = { '0001_base.sql': base, '0002_more.sql': 'drop  table\n thing;' };
  const exception = {
    file: '0002_more.sql',
    statement: 'drop table thing;',
    reason: 'never held a row on any device',
  };
  expect(await problemsOf({ ...files, 'exceptions.json': JSON.stringify([exception]) })).toEqual([]);
  const useless = { ...exception, file: '0001_base.sql' };
  expect(await problemsOf({ ...files, 'exceptions.json': JSON.stringify([useless]) })).toHaveLength(2);
  const bare = { ...exception, reason: 'x' };
  await expect(problemsOf({ ...files, 'exceptions.json': JSON.stringify([bare]) })).rejects.toThrow();
});

test('S2: a released file may not be changed or removed', async () => {
  const root = folderWith({ '0001_base.sql': base });
  expect(release(root)).toEqual(['0001_base.sql']);
  expect(await migrationLint.run(root)).toEqual([]);
  writeFileSync(join(root, 'migrations', '0001_base.sql'), `${base}-- one more comment\n`);
  expect(await migrationLint.run(root)).toHaveLength(1);
  rmSync(join(root, 'migrations', '0001_base.sql'));
  expect(await migrationLint.run(root)).toHaveLength(1);
});

test('a migration file with another kind of name is refused', async () => {
  await expect(problemsOf({ 'more.sql': base })).rejects.toThrow(/0001_name\.sql/);
});
