// The contract of the shape protocol over plain HTTP: what belongs to a shape, how its rows look, what ends it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../scripts/testing/until';
import { ask, catchUp, changes, follow, skipOnElectric, type Target, targets } from './testing/target';

describe.each(targets)('shapes of $name', ({ open, embedded }) => {
  let target: Target;
  beforeAll(async () => {
    target = await open();
  });
  afterAll(() => target.close());

  test('columns: only those, in snapshot and log; others alone say nothing', async () => {
    const table = await target.table('(id int primary key, "Some, ""Name" text, b text)');
    await target.sql.query(`insert into ${table} values (1, 'x', 'y')`);
    const query = { table, columns: 'id,"Some, ""Name"' };
    const start = await catchUp(target, query);
    expect(changes(start.all)[0]!.value).toEqual({ id: '1', 'Some, "Name': 'x' });
    const waiting = follow(target, query, start);
    await target.sql.query(`update ${table} set b = 'z'`);
    await target.sql.query(`update ${table} set "Some, ""Name" = 'w', b = 'v'`);
    const answer = await waiting;
    expect(changes(answer.messages).map(({ value }) => value)).toEqual([{ id: '1', 'Some, "Name': 'w' }]);
  });

  test('where: rows that move in are inserted, rows that move out deleted', async () => {
    const table = await target.table('(id int primary key, owner uuid, done boolean)');
    const mine = '6a1c2f4e-0000-4000-8000-00000000000a';
    const other = '6a1c2f4e-0000-4000-8000-00000000000b';
    await target.sql.query(`insert into ${table} values (1, '${mine}', false), (2, '${other}', false)`);
    // Not as Postgres would print it, and quoted like a client would.
    const query = { table, where: '"owner" = $1', 'params[1]': mine.toUpperCase() };
    const start = await catchUp(target, query);
    expect(changes(start.all).map(({ value }) => value!.id)).toEqual(['1']);
    const waiting = follow(target, query, start);
    await target.sql.query(`begin; update ${table} set owner = '${other}' where id = 1;
      update ${table} set owner = '${mine}' where id = 2; update ${table} set done = true; commit`);
    const found = changes((await waiting).messages).map(({ headers, value }) => [headers.operation, value]);
    expect(found).toEqual([
      ['delete', { id: '1' }],
      ['insert', { id: '2', owner: mine, done: 'f' }],
      ['update', { id: '2', done: 't' }],
    ]);
  });

  const clauses: readonly (readonly [string, readonly string[]])[] = [
    ['n > 5 and n <= 10', ['6', '7', '8', '9', '10']],
    ['n = 3 or name is null', ['3', '11']],
    ['n in (1, 2, 99)', ['1', '2']],
    ['n between 2 and 3', ['2', '3']],
    ["name like 'row 1%'", ['1', '10']],
    ["name ilike 'ROW 2'", ['2']],
    ["upper(name) = 'ROW 4'", ['4']],
    ['not (n < 10)', ['10', '11']],
    ["tags @> '{odd}' and n < 4", ['1', '3']],
    ["'even' = any (tags) and n > 8", ['10']],
    ['amount >= 9.5', ['10', '11']],
    ["at > '2024-01-08T12:00:00Z'", ['8', '9', '10', '11']],
    ['n not in (3, 4) and n not between 5 and 11', ['1', '2']],
    ["name is distinct from 'row 1' and n < 3", ['2']],
    ['n / 4 = 2 and n & 1 = 1', ['9', '11']],
    ["(n = 1) is true or lower(name) || '!' = 'row 2!'", ['1', '2']],
    ["tags && array['odd'] and n::text like '1_'", ['11']],
    ["coalesce(name, 'none') = 'none'", ['11']],
    ["id in ('00000000-0000-4000-8000-000000000003')", ['3']],
    ["day - date '2024-01-01' = 4", ['4']],
    ["concat(name, '!') = 'row 2!'", ['2']],
    ["day::text = '2024-01-05'", ['4']],
  ];
  /** Electric takes neither enums (but in subsets) nor what it does not evaluate itself. */
  const embeddedClauses: typeof clauses = [
    ["kind = 'b'", ['2', '4', '6', '8', '10']],
    ["doc ->> 'n' = '7'", ['7']],
    ['n % 5 = 0', ['5', '10']],
    ["at::date = '2024-01-05' and date_trunc('month', at) = '2024-01-01'", ['4']],
    ["array_position(tags, 'odd') = 1 and extract(day from at) > 10", ['11']],
  ];
  const allClauses = embedded ? [...clauses, ...embeddedClauses] : clauses;

  test.each(allClauses)('where %s follows what Postgres selects', (where, expected) =>
    follows(where, expected),
  );

  test('where with timestamptz + interval follows what Postgres selects', async (context) => {
    skipOnElectric(embedded, context, 'interval');
    await follows("at + interval '1 day' > '2024-01-11T12:00:00Z'", ['10', '11']);
  });

  async function follows(where: string, expected: readonly string[]): Promise<void> {
    const type = `kind_${Math.random().toString(36).slice(2)}`;
    await target.sql.query(`create type ${type} as enum ('a', 'b')`);
    const table = await target.table(
      `(n int primary key, name text, tags text[], amount numeric, at timestamptz, kind ${type}, doc jsonb, id uuid, day date)`,
    );
    const fill = (sign: string) =>
      target.sql.query(`insert into ${table} select ${sign} i, case when i < 11 then 'row ' || i end,
        array[case when i % 2 = 1 then 'odd' else 'even' end], i - 0.5, '2024-01-01'::timestamptz + i * interval '1 day',
        (case when i % 2 = 1 then 'a' else 'b' end)::${type}, jsonb_build_object('n', i),
        ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, '2024-01-01'::date + i from generate_series(1, 11) i`);
    await fill('');
    const query = { table, where };
    const start = await catchUp(target, query);
    const ids = (messages: readonly { value?: Readonly<Record<string, string | null>> }[]) =>
      messages.map(({ value }) => value!.n).sort((a, b) => Number(a) - Number(b));
    expect(ids(changes(start.all))).toEqual(expected);
    // The same rows again, through the log.
    await target.sql.query(`begin; delete from ${table}; commit`);
    const gone = await follow(target, query, start);
    expect(ids(changes(gone.messages))).toEqual(expected);
    const waiting = follow(target, query, gone);
    await fill('');
    expect(ids(changes((await waiting).messages))).toEqual(expected);
  }

  test('replica=full sends whole rows and what they were', async () => {
    const table = await target.table('(id int primary key, a text, b text)');
    await target.sql.query(`insert into ${table} values (1, 'x', 'y')`);
    const query = { table, replica: 'full' };
    const waiting = follow(target, query, await catchUp(target, query));
    await target.sql.query(`begin; update ${table} set a = 'z'; delete from ${table}; commit`);
    const [update, remove] = changes((await waiting).messages);
    expect(update).toMatchObject({ value: { id: '1', a: 'z', b: 'y' }, old_value: { a: 'x' } });
    expect(remove!.value).toEqual({ id: '1', a: 'z', b: 'y' });
    expect(update!.old_value).toEqual({ a: 'x' });
  });

  test('a changed key is a delete and an insert that name each other', async () => {
    const table = await target.table('(a text, b int, c text, primary key (b, a))');
    await target.sql.query(`insert into ${table} values ('x/y', 1, 'c')`);
    const start = await catchUp(target, { table });
    const key = `"public"."${table}"/"1"/"x//y"`;
    expect(changes(start.all)[0]!.key).toBe(key);
    const waiting = follow(target, { table }, start);
    await target.sql.query(`update ${table} set a = 'z'`);
    const next = `"public"."${table}"/"1"/"z"`;
    const [remove, insert] = changes((await waiting).messages);
    expect(remove).toMatchObject({
      key,
      headers: { operation: 'delete', key_change_to: next, op_position: 0 },
    });
    expect(remove!.value).toEqual({ a: 'x/y', b: '1' });
    expect(remove!.headers.last).toBeUndefined();
    expect(insert).toMatchObject({
      key: next,
      value: { a: 'z', b: '1', c: 'c' },
      headers: { operation: 'insert', key_change_from: key, op_position: 1, last: true },
    });
  });

  test('a table without primary key: the whole row is the key', async () => {
    const table = await target.table('(a text, b text)');
    await target.sql.query(`insert into ${table} values ('1', null)`);
    const start = await catchUp(target, { table });
    expect(changes(start.all)[0]!.key).toBe(`"public"."${table}"/"1"/_`);
    const waiting = follow(target, { table }, start);
    await target.sql.query(`update ${table} set b = ''`);
    const found = changes((await waiting).messages).map(({ headers, key, value }) => [
      headers.operation,
      key,
      value,
    ]);
    expect(found).toEqual([
      ['delete', `"public"."${table}"/"1"/_`, { a: '1', b: null }],
      ['insert', `"public"."${table}"/"1"/""`, { a: '1', b: '' }],
    ]);
  });

  test('an unchanged value that is stored out of line is not lost', async () => {
    const table = await target.table('(id int primary key, long text storage external, n int)');
    await target.sql.query(
      `insert into ${table} select 1, string_agg(md5(i::text), ''), 1 from generate_series(1, 300) i`,
    );
    const query = { table, replica: 'full' };
    const start = await catchUp(target, query);
    const { long } = changes(start.all)[0]!.value!;
    expect(long).toHaveLength(9600);
    const waiting = follow(target, query, start);
    await target.sql.query(`update ${table} set n = 2`);
    const [update] = changes((await waiting).messages);
    expect(update!.value).toEqual({ id: '1', long, n: '2' });
    expect(update!.old_value).toEqual({ n: '1' });
  });

  test('every type travels as Postgres prints it', async () => {
    const table =
      await target.table(`(id int primary key, i8 int8, f float8, b boolean, c char(4), ts timestamptz, d date,
      iv interval, j json, jb jsonb, blob bytea, ints int[], nested text[][], u uuid, num numeric(8, 3), ip inet, r int4range)`);
    const fill = `9007199254740993, 0.1, true, 'ab', '2024-02-29 12:00:00.5+02', '2024-02-29', '1 day 2 hours',
      '{"a" : 1}', '{"a" : 1}', '\\x00ff', '{1,NULL,3}', '{{a,"b c"},{"",null}}', '6A1C2F4E-0000-4000-8000-00000000000A', 1.5, '10.0.0.1', '[1,5)'`;
    await target.sql.query(`insert into ${table} values (1, ${fill})`);
    const start = await catchUp(target, { table });
    const expected = {
      i8: '9007199254740993',
      f: '0.1',
      c: 'ab  ',
      ts: '2024-02-29 10:00:00.5+00',
      d: '2024-02-29',
      iv: 'P1DT2H',
      j: '{"a" : 1}',
      jb: '{"a": 1}',
      blob: '\\x00ff',
      ints: '{1,NULL,3}',
      nested: '{{a,"b c"},{"",NULL}}',
      u: '6a1c2f4e-0000-4000-8000-00000000000a',
      num: '1.500',
      r: '[1,5)',
    };
    expect(changes(start.all)[0]!.value).toMatchObject({ ...expected, id: '1', b: 'true' });
    const waiting = follow(target, { table }, start);
    await target.sql.query(`insert into ${table} values (2, ${fill})`);
    const [insert] = changes((await waiting).messages);
    expect(insert!.value).toMatchObject({ ...expected, id: '2', b: 't', ip: '10.0.0.1' });
    const schema = JSON.parse(start.headers.get('electric-schema')!);
    expect(schema).toMatchObject({
      id: { type: 'int4', pk_index: 0, not_null: true },
      c: { type: 'bpchar', length: 4 },
      nested: { type: 'text' },
      num: { type: 'numeric', precision: 8, scale: 3 },
      ts: { type: 'timestamptz' },
    });
    expect(schema.ints).toMatchObject({ type: 'int4', dims: 1 });
  });

  test('truncate ends a shape, and its handle never comes back', async () => {
    const table = await target.table('(id int primary key)');
    await target.sql.query(`insert into ${table} values (1)`);
    const start = await catchUp(target, { table });
    const waiting = follow(target, { table }, start);
    await target.sql.query(`truncate ${table}`);
    expect((await waiting).status).toBe(409);
    const again = await catchUp(target, { table });
    expect(again.handle).not.toBe(start.handle);
    expect(changes(again.all)).toEqual([]);
  });

  test('a changed column ends a shape of it', { timeout: 90_000 }, async () => {
    const table = await target.table('(id int primary key, a text)');
    const start = await catchUp(target, { table });
    await target.sql.query(`alter table ${table} add column b text default 'new'`);
    await target.sql.query(`insert into ${table} values (1, 'a')`);
    await until(
      'the shape to end',
      async () => (await ask(target, { table, handle: start.handle, offset: '0_inf' })).status === 409,
      80_000,
    );
    const again = await catchUp(target, { table });
    expect(changes(again.all).map(({ value }) => value)).toEqual([{ id: '1', a: 'a', b: 'new' }]);
  });

  // Electric may show it or not, after a restart at the latest.
  if (embedded)
    test('a lost NOT NULL ends no shape, and shows in the schema', { timeout: 90_000 }, async () => {
      const table = await target.table('(id int primary key, a text not null)');
      const start = await catchUp(target, { table });
      expect(JSON.parse(start.headers.get('electric-schema')!).a.not_null).toBe(true);
      await target.sql.query(`alter table ${table} alter column a drop not null`);
      await target.sql.query(`insert into ${table} values (1, null)`);
      await until(
        'the new schema',
        async () => {
          const answer = await ask(target, { table, handle: start.handle, offset: '0_inf' });
          expect(answer.status).toBe(200);
          return JSON.parse(answer.headers.get('electric-schema')!).a.not_null === undefined;
        },
        80_000,
      );
    });

  test('generated columns: stored ones are followed, virtual ones refused', async () => {
    const stored = await target.table(
      '(id int primary key, n int, twice int generated always as (n * 2) stored)',
    );
    const complaint = /generated and cannot be included in the shape: twice/;
    const refused = async (table: string) => {
      const answer = await ask(target, { table, offset: '-1' });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text).errors.columns[0]).toMatch(complaint);
      expect((await ask(target, { table, offset: '-1', columns: 'id,n' })).status).toBe(200);
    };
    const { rows } = await target.sql.query("select current_setting('server_version_num')::int as version");
    if (rows[0].version < 180_000) return refused(stored);
    const start = await catchUp(target, { table: stored });
    const waiting = follow(target, { table: stored }, start);
    await target.sql.query(`insert into ${stored} values (1, 21)`);
    expect(changes((await waiting).messages)[0]!.value).toEqual({ id: '1', n: '21', twice: '42' });
    if (!embedded) return;
    const virtual = await target.table(
      '(id int primary key, n int, twice int generated always as (n * 2) virtual)',
    );
    await refused(virtual);
  });

  test('a partitioned table is one shape', async () => {
    const table = await target.table('(id int primary key, name text) partition by range (id)');
    await target.sql.query(`create table ${table}_low partition of ${table} for values from (0) to (100);
      create table ${table}_high partition of ${table} for values from (100) to (200);
      insert into ${table} values (1, 'low')`);
    const start = await catchUp(target, { table });
    expect(changes(start.all).map(({ value }) => value!.id)).toEqual(['1']);
    const waiting = follow(target, { table }, start);
    await target.sql.query(`insert into ${table} values (150, 'high')`);
    const [insert] = changes((await waiting).messages);
    expect(insert).toMatchObject({ value: { id: '150', name: 'high' } });
  });

  test('the key of a row is that of the partitioned table, in the snapshot and in the log', async (context) => {
    skipOnElectric(embedded, context, 'partition');
    const table = await target.table('(id int primary key, name text) partition by range (id)');
    await target.sql.query(`create table ${table}_all partition of ${table} default;
      insert into ${table} values (1, 'before')`);
    const start = await catchUp(target, { table });
    const waiting = follow(target, { table }, start);
    await target.sql.query(`insert into ${table} values (150, 'after')`);
    const keys = [...changes(start.all), ...changes((await waiting).messages)].map(({ key }) => key);
    expect(keys).toEqual([`"public"."${table}"/"1"`, `"public"."${table}"/"150"`]);
  });
});
