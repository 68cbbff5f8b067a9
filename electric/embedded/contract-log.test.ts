// The contract of the shape protocol over plain HTTP: snapshot, log, live requests and their messages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, catchUp, changes, follow, type Target, targets } from './testing/target';

describe.each(targets)('snapshot and log of $name', ({ open, embedded }) => {
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

  test.each([
    ['order_by', 'pg_sleep(5)', /not allowed in ORDER BY/],
    ['order_by', 'id::text', /not allowed in ORDER BY/],
    ['order_by', '(select count(*) from pg_tables)', /not allowed in ORDER BY/],
    ['order_by', 'other', /unknown reference other/],
    ['order_by', 'id; drop table x', /Unexpected `;`/],
    ['where', 'other = 1', /unknown reference other/],
    ['where', 'pg_sleep(5) is null', /pg_sleep|not immutable/],
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

  // Electric names the end of what it is about to send: who loses the stream then has lost that too.
  if (embedded)
    test('R1: an event stream promises nothing that has not arrived', async () => {
      const table = await target.table('(id int primary key)');
      const start = await catchUp(target, { table });
      const waiting = follow(target, { table }, start);
      await target.sql.query(`insert into ${table} values (1)`);
      await waiting;
      const url = new URL(target.url);
      const query = { table, offset: start.offset, handle: start.handle, live: 'true', live_sse: 'true' };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const response = await target.fetch(url);
      expect(response.headers.get('electric-offset')).toBe(start.offset);
      await response.body!.cancel();
    });
});
