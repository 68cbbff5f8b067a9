// The contract as Electric's unmodified integrations see it: @electric-sql/pglite-sync and @electric-sql/y-electric.
import { PGlite } from '@electric-sql/pglite';
import { electricSync } from '@electric-sql/pglite-sync';
import { ElectricProvider, parseToDecoder } from '@electric-sql/y-electric';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { until } from '../../scripts/testing/until';
import { skipOnElectric, type Target, targets } from './testing/target';

describe.each(targets)('@electric-sql/pglite-sync with $name', ({ open, embedded }) => {
  let target: Target;
  let pg: Awaited<ReturnType<typeof makePglite>>;
  const makePglite = () => PGlite.create({ extensions: { electric: electricSync() } });
  beforeAll(async () => {
    target = await open();
    pg = await makePglite();
  });
  afterAll(async () => {
    await pg.close();
    await target.close();
  });

  const same = async (table: string) => {
    const query = `select * from ${table} order by id`;
    const [there, here] = [await target.sql.query(query), await pg.query(query)];
    return JSON.stringify(there.rows) === JSON.stringify(here.rows);
  };

  test.each(['insert', 'csv', 'json'] as const)(
    'a table follows, first load by %s',
    async (initialInsertMethod) => {
      const columns = '(id int primary key, name text, n int, ok boolean, at timestamptz)';
      const table = await target.table(columns);
      await pg.exec(`create table ${table} ${columns}`);
      await target.sql.query(
        `insert into ${table} select i, E'row "' || i || E'\\',\\n', i, i % 2 = 0, now() from generate_series(1, 3000) i`,
      );
      const synced = await pg.electric.syncShapeToTable({
        shape: { url: target.url, params: { table }, fetchClient: target.fetch },
        table,
        primaryKey: ['id'],
        shapeKey: table,
        initialInsertMethod,
      });
      await until('the first load', () => synced.isUpToDate);
      await until('equal rows', () => same(table));
      await target.sql.query(`begin; update ${table} set name = null, ok = not ok where id % 3 = 0;
      delete from ${table} where id % 7 = 0; insert into ${table} (id, name) values (-1, 'new'); commit`);
      await until('equal rows again', () => same(table));
      synced.unsubscribe();
    },
  );

  test('what happens while nobody follows is caught up with from the offset that was stored', async (context) => {
    skipOnElectric(embedded, context, 'resume');
    const columns = '(id int primary key, n int)';
    const table = await target.table(columns);
    await pg.exec(`create table ${table} ${columns}`);
    await target.sql.query(`insert into ${table} select i, i from generate_series(1, 3000) i`);
    const follow = () =>
      pg.electric.syncShapeToTable({
        shape: { url: target.url, params: { table }, fetchClient: target.fetch },
        table,
        primaryKey: ['id'],
        shapeKey: table,
      });
    const synced = await follow();
    await until('equal rows', () => same(table));
    synced.unsubscribe();
    await target.sql.query(`update ${table} set n = -n`);
    const resumed = await follow();
    await until('equal rows after resuming', () => same(table));
    resumed.unsubscribe();
  });

  test('transactions over two tables are applied together', async () => {
    const columns = '(id int primary key, n int)';
    const [a, b] = [await target.table(columns), await target.table(columns)];
    await pg.exec(`create table ${a} ${columns}; create table ${b} ${columns}`);
    await target.sql.query(`insert into ${a} values (1, 0); insert into ${b} values (1, 0)`);
    const shape = (table: string) => ({
      shape: { url: target.url, params: { table }, fetchClient: target.fetch },
      table,
      primaryKey: ['id'],
    });
    const synced = await pg.electric.syncShapesToTables({
      shapes: { a: shape(a), b: shape(b) },
      key: `${a}_${b}`,
    });
    const read = async () =>
      (
        await pg.query<{ a: number; b: number }>(
          `select (select n from ${a}) as a, (select n from ${b}) as b`,
        )
      ).rows[0]!;
    await until('the start', async () => (await read()).b === 0);
    const writing = (async () => {
      for (let i = 1; i <= 30; i++) {
        await target.sql.query(`begin; update ${a} set n = ${i}; update ${b} set n = ${i}; commit`);
      }
    })();
    await until('the end', async () => {
      const now = await read();
      expect(now.a).toBe(now.b);
      return now.a === 30;
    });
    await writing;
    synced.unsubscribe();
  });

  test('a rotated shape is loaded again', { timeout: 90_000 }, async () => {
    const columns = '(id int primary key)';
    const table = await target.table(columns);
    await pg.exec(`create table ${table} ${columns}`);
    await target.sql.query(`insert into ${table} values (1), (2)`);
    const synced = await pg.electric.syncShapeToTable({
      shape: { url: target.url, params: { table }, fetchClient: target.fetch },
      table,
      primaryKey: ['id'],
      shapeKey: table,
    });
    await until('the first load', () => same(table));
    await target.sql.query(`truncate ${table}`);
    await target.sql.query(`insert into ${table} values (3)`);
    await until('the second load', () => same(table), 60_000);
    await target.sql.query(`insert into ${table} values (4)`);
    await until('changes after it', () => same(table));
    synced.unsubscribe();
  });
});

describe.each(targets)('@electric-sql/y-electric with $name', ({ open }) => {
  let target: Target;
  beforeAll(async () => {
    target = await open();
  });
  afterAll(() => target.close());

  test('two documents converge over a shape of updates', async () => {
    const table = await target.table('(id serial primary key, op bytea not null)');
    const send: typeof fetch = async (_url, init) => {
      const body = Buffer.from(await new Response(init?.body ?? null).arrayBuffer());
      await target.sql.query(`insert into ${table} (op) values ($1)`, [body]);
      return new Response(null, { status: 200 });
    };
    const provide = (doc: Y.Doc) =>
      new ElectricProvider<{ op: ReturnType<typeof parseToDecoder.bytea> }>({
        doc,
        documentUpdates: {
          shape: { url: target.url, params: { table }, fetchClient: target.fetch, parser: parseToDecoder },
          sendUrl: 'http://sent.example',
          getUpdateFromRow: (row) => row.op,
        },
        fetchClient: send,
      });
    const docs = [new Y.Doc(), new Y.Doc()];
    const providers = docs.map(provide);
    await until('both to be connected', () => providers.every((provider) => provider.connected));
    docs[0]!.getText('t').insert(0, 'one ');
    docs[1]!.getText('t').insert(0, 'two ');
    const texts = () => docs.map((doc) => doc.getText('t').toString());
    await until('both to have both', () => texts().every((text) => text.length === 8 && text === texts()[0]));
    const late = new Y.Doc();
    const provider = provide(late);
    await until('a late document to have it', () => late.getText('t').toString() === texts()[0]);
    for (const each of [...providers, provider]) each.destroy();
  });
});
