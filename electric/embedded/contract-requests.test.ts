// The contract of the shape protocol over plain HTTP: parameters, errors, subsets, caching and methods.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, catchUp, follow, type Query, type Target, targets } from './testing/target';

describe.each(targets)('requests to $name', ({ open }) => {
  let target: Target;
  beforeAll(async () => {
    target = await open();
  });
  afterAll(() => target.close());

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
        headers: { origin: 'https://app.example', 'access-control-request-headers': 'If-None-Match' },
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
    ['{', 'Invalid JSON in request body'],
    ['[]', 'Request body must be a JSON object'],
  ])('a POST with the body %s is refused', async (body, error) => {
    const answer = await ask(target, { offset: '-1' }, { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).error).toBe(error);
  });
});
