// The contract of the shape protocol, asked over plain HTTP: what every server that speaks it must answer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../scripts/testing/until';
import { ask, catchUp, changes, follow, type Query, type Target, targets } from './testing/target';

describe.each(targets)('shape protocol of $name', ({ open, embedded }) => {
  let target: Target;
  beforeAll(async () => {
    target = await open();
  });
  afterAll(() => target.close());

  test('a snapshot ends with what it saw, and is not up to date', async () => {
    const table = await target.table('(id int primary key, name text)');
    await target.sql.query(`insert into ${table} values (1, 'one'), (2, null)`);
    const answer = await ask(target, { table, offset: '-1' });
    expect(answer.status).toBe(200);
    expect(changes(answer.messages)).toEqual([
      {
        key: `"public"."${table}"/"1"`,
        value: { id: '1', name: 'one' },
        headers: { operation: 'insert', relation: ['public', table] },
      },
      {
        key: `"public"."${table}"/"2"`,
        value: { id: '2', name: null },
        headers: { operation: 'insert', relation: ['public', table] },
      },
    ]);
    const end = answer.messages.at(-1)!.headers;
    expect(end).toMatchObject({
      control: 'snapshot-end',
      xmin: expect.stringMatching(/^\d+$/),
      xmax: expect.stringMatching(/^\d+$/),
    });
    expect(Array.isArray(end.xip_list)).toBe(true);
    expect(answer.offset).toBe('0_0');
    expect(answer.handle).toMatch(/^\d+-\d+$/);
    expect(answer.headers.has('electric-up-to-date')).toBe(false);
    expect(answer.headers.get('electric-has-data')).toBe('true');
    expect(answer.headers.get('content-type')).toContain('application/json');
  });

  test('after the snapshot comes the log, and up-to-date with a position', async () => {
    const table = await target.table('(id int primary key)');
    const answer = await catchUp(target, { table });
    expect(answer.offset).toBe('0_inf');
    expect(answer.headers.get('electric-up-to-date')).toBe('');
    expect(answer.messages.at(-1)!.headers).toMatchObject({
      control: 'up-to-date',
      global_last_seen_lsn: expect.stringMatching(/^\d+$/),
    });
  });

  test('a live request is answered by the transaction that ends its wait', async () => {
    const table = await target.table('(id int primary key, name text, n int)');
    const start = await catchUp(target, { table });
    const waiting = follow(target, { table }, start);
    await target.sql.query('begin');
    const { rows } = await target.sql.query('select pg_current_xact_id()::xid::text as xid');
    await target.sql.query(`insert into ${table} values (1, 'a', 1)`);
    await target.sql.query(`update ${table} set name = 'b' where id = 1`);
    await target.sql.query(`delete from ${table}`);
    await target.sql.query('commit');
    const answer = await waiting;
    const [insert, update, remove] = changes(answer.messages);
    const common = { relation: ['public', table], txids: [Number(rows[0].xid)], lsn: insert!.headers.lsn };
    const key = `"public"."${table}"/"1"`;
    expect(insert).toEqual({
      key,
      value: { id: '1', name: 'a', n: '1' },
      headers: { ...common, operation: 'insert', op_position: 0 },
    });
    expect(update).toEqual({
      key,
      value: { id: '1', name: 'b' },
      headers: { ...common, operation: 'update', op_position: 2 },
    });
    expect(remove).toEqual({
      key,
      value: { id: '1' },
      headers: { ...common, operation: 'delete', op_position: 4, last: true },
    });
    expect(answer.offset).toBe(`${insert!.headers.lsn}_4`);
    expect(answer.headers.has('electric-schema')).toBe(false);
    expect(answer.headers.get('electric-cursor')).toMatch(/^\d+$/);
    const last = answer.messages.at(-1)!.headers;
    expect(last.control).toBe('up-to-date');
    expect(BigInt(last.global_last_seen_lsn!)).toBeGreaterThanOrEqual(BigInt(insert!.headers.lsn!));
  });

  test('positions count the operations of the whole transaction', async () => {
    const table = await target.table('(id int primary key)');
    const other = await target.table('(id int primary key)');
    await catchUp(target, { table: other });
    const start = await catchUp(target, { table });
    const waiting = follow(target, { table }, start);
    await target.sql.query(
      `begin; insert into ${table} values (1); insert into ${other} values (1); insert into ${table} values (2); commit`,
    );
    const positions = changes((await waiting).messages).map(({ headers }) => [
      headers.op_position,
      headers.last,
    ]);
    expect(positions).toEqual([
      [0, undefined],
      [4, true],
    ]);
  });

  test('an empty live request is answered up-to-date when its time is over', {
    timeout: 60_000,
  }, async () => {
    const table = await target.table('(id int primary key)');
    const start = await catchUp(target, { table });
    const { offset, handle } = start;
    const answer = await ask(target, { table, offset, handle, live: 'true' });
    expect(answer.status).toBe(200);
    expect(answer.messages.map(({ headers }) => headers.control)).toEqual(['up-to-date']);
    expect(answer.offset).toBe(start.offset);
    expect(answer.headers.get('electric-has-data')).toBe('false');
    expect(answer.headers.get('electric-up-to-date')).toBe('');
    expect(answer.headers.get('etag')).toMatch(new RegExp(`^"${answer.handle}:0_inf:0_inf:-?\\d+"$`));
  });

  test('offset=now gives nothing but a place to go on from', async () => {
    const table = await target.table('(id int primary key)');
    await target.sql.query(`insert into ${table} values (1)`);
    const now = await ask(target, { table, offset: 'now' });
    expect(now.messages.map(({ headers }) => headers.control)).toEqual(['up-to-date']);
    expect(now.offset).toBe('0_inf');
    expect(now.headers.get('electric-has-data')).toBe('false');
    const waiting = follow(target, { table }, now);
    await target.sql.query(`insert into ${table} values (2)`);
    expect(changes((await waiting).messages).map(({ value }) => value)).toEqual([{ id: '2' }]);
  });

  test('log=changes_only leaves out the rows that were there', async () => {
    const table = await target.table('(id int primary key, n int)');
    await target.sql.query(`insert into ${table} values (1, 1)`);
    const start = await catchUp(target, { table, log: 'changes_only' });
    expect(changes(start.all)).toEqual([]);
    expect(start.all[0]!.headers.control).toBe('snapshot-end');
    const waiting = follow(target, { table, log: 'changes_only' }, start);
    await target.sql.query(`update ${table} set n = 2`);
    expect(changes((await waiting).messages).map(({ value }) => value)).toEqual([{ id: '1', n: '2' }]);
  });

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

  test.each([
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
    ["kind = 'b'", ['2', '4', '6', '8', '10']],
    ["doc ->> 'n' = '7'", ['7']],
    ['n % 5 = 0', ['5', '10']],
  ])('where %s follows what Postgres selects', async (where, expected) => {
    const type = `kind_${Math.random().toString(36).slice(2)}`;
    await target.sql.query(`create type ${type} as enum ('a', 'b')`);
    const table = await target.table(
      `(n int primary key, name text, tags text[], amount numeric, at timestamptz, kind ${type}, doc jsonb)`,
    );
    const fill = (sign: string) =>
      target.sql.query(`insert into ${table} select ${sign} i, case when i < 11 then 'row ' || i end,
        array[case when i % 2 = 1 then 'odd' else 'even' end], i - 0.5, '2024-01-01'::timestamptz + i * interval '1 day',
        (case when i % 2 = 1 then 'a' else 'b' end)::${type}, jsonb_build_object('n', i) from generate_series(1, 11) i`);
    if (where.startsWith('kind') && !embedded) return; // Electric takes enums in subsets only
    if (where.startsWith('doc') && !embedded) return;
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
  });

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

  test('a big transaction and a big snapshot come in several parts', { timeout: 60_000 }, async () => {
    const table = await target.table('(id int primary key, text text)');
    const rows = 14_000;
    const fill = (from: number) =>
      target.sql.query(
        `insert into ${table} select i, repeat('x', 1000) from generate_series(${from}, ${from + rows - 1}) i`,
      );
    await fill(1);
    const parts = new Set<string>();
    const read = async () => {
      let answer = await ask(target, { table, offset: '-1' });
      let count = 0;
      for (;;) {
        expect(answer.status).toBe(200);
        parts.add(answer.offset);
        count += changes(answer.messages).length;
        if (answer.headers.has('electric-up-to-date')) return { answer, count };
        answer = await ask(target, { table, offset: answer.offset, handle: answer.handle });
      }
    };
    const first = await read();
    expect(first.count).toBe(rows);
    const waiting = follow(target, { table }, first.answer);
    await fill(rows + 1);
    await waiting;
    const second = await read();
    expect(second.count).toBe(2 * rows);
    expect(parts.size).toBeGreaterThanOrEqual(4);
  });

  test('reading may go on from any position, also inside a transaction', async () => {
    const table = await target.table('(id int primary key)');
    const start = await catchUp(target, { table });
    const waiting = follow(target, { table }, start);
    await target.sql.query(`insert into ${table} values (1), (2), (3)`);
    const { messages, handle } = await waiting;
    const { lsn } = changes(messages)[0]!.headers;
    const from = async (offset: string) =>
      changes((await ask(target, { table, offset, handle })).messages).map(({ value }) => value!.id);
    expect(await from(`${lsn}_0`)).toEqual(['2', '3']);
    expect(await from(`${lsn}_1`)).toEqual(['2', '3']);
    expect(await from(`${BigInt(lsn!) - 1n}_0`)).toEqual(['1', '2', '3']);
    expect(await from(`${lsn}_4`)).toEqual([]);
  });

  test('positions that lie ahead are refused after a while', { timeout: 60_000 }, async () => {
    const table = await target.table('(id int primary key)');
    const { handle } = await catchUp(target, { table });
    const answer = await ask(target, { table, handle, offset: '99999999999_0' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({
      message: 'Invalid request',
      errors: { offset: ['out of bounds for this shape'] },
    });
  });

  test('an unknown handle, or that of another shape, is told to start over with the right one', async () => {
    const table = await target.table('(id int primary key)');
    const { handle } = await catchUp(target, { table });
    for (const wrong of ['nonsense', `${handle}1`]) {
      const answer = await ask(target, { table, handle: wrong, offset: '0_inf' });
      expect(answer.status).toBe(409);
      expect(answer.text).toBe('[{"headers":{"control":"must-refetch"}}]');
      expect(answer.handle).toBe(handle);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=60, must-revalidate');
    }
    const where = { table, where: 'id = 1' };
    const other = await ask(target, { ...where, handle, offset: '0_inf' });
    expect(other.status).toBe(409);
    expect(other.handle).not.toBe(handle);
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

  test('DELETE ends a shape by definition or handle', async () => {
    const table = await target.table('(id int primary key)');
    const remove = (query: Query) => ask(target, query, { method: 'DELETE' });
    const start = await catchUp(target, { table });
    const waiting = follow(target, { table }, start);
    expect((await remove({ table })).status).toBe(202);
    expect((await waiting).status).toBe(409);
    const next = await catchUp(target, { table, where: 'id > 1' });
    expect((await remove({ table, where: 'id > 1', handle: 'wrong' })).status).toBe(400);
    expect((await remove({ handle: next.handle })).status).toBe(202);
    expect((await remove({ handle: next.handle })).status).toBe(404);
    expect(JSON.parse((await remove({})).text)).toEqual({
      message: 'Invalid request',
      errors: { handle: ["can't be blank when shape definition is missing"] },
    });
  });

  test('etags answer 304 with the headers of the answer', async () => {
    const table = await target.table('(id int primary key)');
    const first = await ask(target, { table, offset: '-1' });
    const etag = first.headers.get('etag')!;
    expect(etag).toBe(`"${first.handle}:-1:0_0"`);
    const again = await ask(
      target,
      { table, offset: '-1' },
      { headers: { 'if-none-match': `"x", ${etag}` } },
    );
    expect(again.status).toBe(304);
    expect(again.text).toBe('');
    expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
    expect(again.handle).toBe(first.handle);
  });

  test('what may be cached, and for how long', async () => {
    const table = await target.table('(id int primary key)');
    const first = await ask(target, { table, offset: '-1' });
    expect(first.headers.get('cache-control')).toBe(
      'public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746',
    );
    const log = await ask(target, { table, offset: '0_0', handle: first.handle });
    expect(log.headers.get('cache-control')).toMatch(/^public, max-age=\d+, stale-while-revalidate=\d+$/);
    const waiting = follow(target, { table }, log);
    await target.sql.query(`insert into ${table} values (1)`);
    const live = await waiting;
    expect(live.headers.get('cache-control')).toBe('public, max-age=5, stale-while-revalidate=5');
    const cursor = Number(live.headers.get('electric-cursor'));
    const next = follow(target, { table, cursor: String(cursor + 1_000_000) }, live);
    await target.sql.query(`insert into ${table} values (2)`);
    expect(Number((await next).headers.get('electric-cursor'))).toBeGreaterThan(cursor + 1_000_000);
    const error = await ask(target, { table: 'nowhere', offset: '-1' });
    expect(error.headers.get('cache-control')).toBe('no-store');
    expect(error.headers.get('surrogate-control')).toBe('no-store');
    const post = await ask(target, { table, offset: '-1' }, { method: 'POST' });
    expect(post.headers.get('cache-control')).toBe('no-cache');
  });

  test('HEAD has the headers of GET', async () => {
    const table = await target.table('(id int primary key)');
    const get = await ask(target, { table, offset: '-1' });
    const head = await ask(target, { table, offset: '-1' }, { method: 'HEAD' });
    expect(head.text).toBe('');
    for (const name of ['electric-handle', 'electric-offset', 'electric-schema', 'etag', 'cache-control']) {
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
  });

  test('OPTIONS and CORS', async () => {
    const answer = await ask(
      target,
      {},
      {
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.example',
          'access-control-request-headers': 'If-None-Match, x-other',
        },
      },
    );
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST, HEAD, DELETE, OPTIONS');
    expect(answer.headers.get('access-control-allow-headers')).toBe('If-None-Match');
    expect(answer.headers.get('access-control-expose-headers')).toContain('electric-handle');
    expect(answer.headers.get('access-control-max-age')).toBe('86400');
  });

  test('health', async () => {
    const response = await target.fetch(target.url.replace('/v1/shape', '/v1/health'));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'active' });
  });

  test('parameters that mean nothing are ignored', async () => {
    const table = await target.table('(id int primary key)');
    const answer = await ask(target, {
      table,
      offset: '-1',
      foo: 'bar',
      'cache-buster': '1',
      expired_handle: 'x',
    });
    expect(answer.status).toBe(200);
  });

  const itself = '<table>';
  test.each<[Query, Record<string, unknown>]>([
    [{ offset: '-1' }, { table: ["can't be blank"] }],
    [{ table: itself }, { offset: ["can't be blank"] }],
    [{ table: itself, offset: 'x' }, { offset: ['has invalid format'] }],
    [{ table: itself, offset: '0_-1' }, { offset: ['has invalid format'] }],
    [{ table: itself, offset: '1_2_3' }, { offset: ['has invalid format'] }],
    [{ table: itself, offset: '0_0' }, { handle: ["can't be blank when offset != -1"] }],
    [{ table: itself, offset: '-1', live: 'true' }, { live: ["can't be true when offset == -1"] }],
    [{ table: itself, offset: 'now', live: '' }, { live: ["can't be true when offset is 'now'"] }],
    [
      { table: itself, offset: '0_0', handle: 'x', live_sse: 'true' },
      { live_sse: ["can't be true unless live is also true"] },
    ],
    [{ table: itself, offset: '-1', replica: 'half' }, { replica: ['is invalid'] }],
    [{ table: itself, offset: '-1', log: 'none' }, { log: ['is invalid'] }],
    [{ table: '.x', offset: '-1' }, { table: ['Invalid zero-length delimited identifier'] }],
    [
      { table: 'a.b.c', offset: '-1' },
      { table: ['Invalid relation identifier, too many delimiters: a.b.c'] },
    ],
    [
      { table: 'foob@r', offset: '-1' },
      { table: ['Invalid unquoted identifier contains special characters: foob@r'] },
    ],
    [
      { table: '"No"."Where"', offset: '-1' },
      {
        table: [
          'Table "No"."Where" does not exist. If the table name contains capitals or special characters you must quote it.',
        ],
      },
    ],
    [
      { table: itself, offset: '-1', columns: 'n' },
      { columns: ['The list of columns must include all primary key columns, missing: id'] },
    ],
    [
      { table: itself, offset: '-1', columns: 'id,other' },
      { columns: ['The following columns are not found on the table: other'] },
    ],
    [
      { table: itself, offset: '-1', columns: 'id,' },
      { columns: ['Invalid zero-length delimited identifier'] },
    ],
    [
      { table: itself, offset: '-1', where: '1 x 1' },
      { where: ['At location 17: syntax error at or near "x"'] },
    ],
    [
      { table: itself, offset: '-1', where: 'other = 1' },
      { where: ['At location 0: unknown reference other'] },
    ],
    [
      { table: itself, offset: '-1', where: 'n = $1' },
      { where: ['At location 4: parameter $1 was not provided'] },
    ],
    [
      { table: itself, offset: '-1', where: 'n = 1; select 1' },
      { where: ['unescaped ";" causing statement split'] },
    ],
    [
      { table: itself, offset: '-1', where: 'n = 1 order by n' },
      { where: ['malformed query ending with SQL clauses'] },
    ],
    [{ table: itself, offset: '-1', where: 'n + 1' }, { where: ['WHERE clause must return a boolean'] }],
    [
      { table: itself, offset: '-1', where: 'n = $1', 'params[a]': '1' },
      { params: ['Parameters can only use numbers as keys'] },
    ],
    [
      { table: itself, offset: '-1', where: 'n = $2', 'params[2]': '1' },
      { params: ['Parameters must be numbered sequentially, starting from 1'] },
    ],
    [
      { table: itself, offset: '-1', subset__limit: '1' },
      { subset: { order_by: ['order_by is required when limit or offset is present'] } },
    ],
    [
      { table: itself, offset: '-1', subset__order_by: 'n', subset__limit: '0' },
      { subset: { limit: ['must be greater than 0'] } },
    ],
    [
      { table: itself, offset: '-1', subset__params: 'x' },
      { subset: { params: ['params must be valid JSON'] } },
    ],
  ])('400 for %o', async (query, errors) => {
    const table = await target.table('(id int primary key, n int)');
    const answer = await ask(target, query.table === itself ? { ...query, table } : query);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ message: 'Invalid request', errors });
    expect(answer.headers.has('electric-has-data')).toBe(false);
  });

  test('a subset is a filtered, sorted, limited view with what it saw', async () => {
    const table = await target.table('(id int primary key, n int, name text)');
    await target.sql.query(`insert into ${table} select i, i % 3, 'row ' || i from generate_series(1, 9) i`);
    const base = { table, log: 'changes_only', offset: '-1', where: 'n < 2' };
    const get = await ask(target, {
      ...base,
      subset__where: 'name <> $1',
      subset__params: '{"1":"row 9"}',
      subset__order_by: 'n DESC, "id" asc nulls last',
      subset__limit: '3',
      subset__offset: '1',
    });
    expect(get.status).toBe(200);
    expect(get.headers.get('electric-snapshot')).toBe('true');
    expect(get.headers.get('cache-control')).toBe('no-cache');
    expect(get.handle).not.toBe('');
    const { metadata, data } = JSON.parse(get.text);
    expect(metadata).toMatchObject({
      xmin: expect.stringMatching(/^\d+$/),
      xmax: expect.stringMatching(/^\d+$/),
      xip_list: expect.any(Array),
      database_lsn: expect.stringMatching(/^\d+$/),
      snapshot_mark: expect.any(Number),
    });
    expect(data.map((message: { value: { id: string } }) => message.value.id)).toEqual(['4', '7', '3']);
    expect(data[0]).toEqual({
      key: `"public"."${table}"/"4"`,
      value: { id: '4', n: '1', name: 'row 4' },
      headers: { operation: 'insert', relation: ['public', table], snapshot_mark: metadata.snapshot_mark },
    });
    const body = { where: 'name <> $1', params: { 1: 'row 9' }, order_by: 'n DESC, id', limit: 3, offset: 1 };
    const post = await ask(target, base, { method: 'POST', body: JSON.stringify(body) });
    expect(JSON.parse(post.text).data).toHaveLength(3);
    const nested = await ask(target, base, { method: 'POST', body: JSON.stringify({ subset: body }) });
    expect(JSON.parse(nested.text).data).toHaveLength(3);
  });

  test.each([
    ['order_by', 'pg_sleep(5)', /not allowed in ORDER BY/],
    ['order_by', 'id::text', /not allowed in ORDER BY/],
    ['order_by', '(select count(*) from pg_tables)', /not allowed in ORDER BY/],
    ['order_by', 'other', /unknown reference other/],
    ['order_by', 'id; drop table x', /Unexpected `;`/],
    ['where', 'other = 1', /unknown reference other/],
    ['where', 'pg_sleep(5) is null', /pg_sleep|immutable/],
    ['where', `n = '${'a'.repeat(70_000)}'`, /bigger than maximum size/],
  ])('a subset with %s %s is refused', async (field, clause, complaint) => {
    const table = await target.table('(id int primary key, n int)');
    const answer = await ask(
      target,
      { table, log: 'changes_only', offset: '-1' },
      { method: 'POST', body: JSON.stringify({ [field]: clause }) },
    );
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).errors.subset[field][0]).toMatch(complaint);
  });

  test.each([
    ['{', 'Invalid JSON in request body'],
    ['[]', 'Request body must be a JSON object'],
  ])('a POST with the body %s is refused', async (body, error) => {
    const answer = await ask(target, { offset: '-1' }, { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).error).toBe(error);
  });

  test('server-sent events: one message each, up-to-date after each batch', async () => {
    const table = await target.table('(id int primary key)');
    const start = await catchUp(target, { table });
    const url = new URL(target.url);
    const query = { table, offset: start.offset, handle: start.handle, live: 'true', live_sse: 'true' };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const aborter = new AbortController();
    const asked = target.fetch(url, { signal: aborter.signal });
    await target.sql.query(`insert into ${table} values (1), (2)`);
    const response = await asked;
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('electric-cursor')).toMatch(/^\d+$/);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('up-to-date')) text += (await reader.read()).value;
    aborter.abort();
    await reader.cancel().catch(() => {});
    const events = text.trim().split('\n\n');
    expect(events.every((event) => event.startsWith('data: '))).toBe(true);
    const messages = events.map((event) => JSON.parse(event.slice(6)));
    expect(messages.map(({ value, headers }) => value?.id ?? headers.control)).toEqual([
      '1',
      '2',
      'up-to-date',
    ]);
  });

  test('generated columns: stored ones are followed, virtual ones refused', async () => {
    const stored = await target.table(
      '(id int primary key, n int, twice int generated always as (n * 2) stored)',
    );
    const start = await catchUp(target, { table: stored });
    const waiting = follow(target, { table: stored }, start);
    await target.sql.query(`insert into ${stored} values (1, 21)`);
    expect(changes((await waiting).messages)[0]!.value).toEqual({ id: '1', n: '21', twice: '42' });
    if (!embedded) return;
    const virtual = await target.table(
      '(id int primary key, n int, twice int generated always as (n * 2) virtual)',
    );
    const answer = await ask(target, { table: virtual, offset: '-1' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).errors.columns[0]).toMatch(
      /generated and cannot be included in the shape: twice/,
    );
    expect((await ask(target, { table: virtual, offset: '-1', columns: 'id,n' })).status).toBe(200);
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
    expect(insert).toMatchObject({ key: `"public"."${table}"/"150"`, value: { id: '150', name: 'high' } });
  });
});
