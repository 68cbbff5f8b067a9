// Which live queries are run again after what, on a real database: those that read what changed, and no others.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { preparedBlob } from '../../scripts/prepare';
import { until } from '../../scripts/testing/until';
import { openNodeEngineWithDatabase } from '../open-node';
import type { Engine } from './engine';
import { arrived, takeNotes } from './notes';
import { PreparedQueries } from './prepared';
import { Tending } from './tending';

type Pg = Awaited<ReturnType<typeof openNodeEngineWithDatabase>>['pg'];
let prepared: Promise<Blob> | undefined;
let engine: Engine;
let pg: Pg;
const workspaceId = crypto.randomUUID();
const labelId = crypto.randomUUID();

beforeEach(async () => {
  prepared ??= preparedBlob();
  ({ engine, pg } = await openNodeEngineWithDatabase({
    userId: 'u',
    baseUrl: '',
    sync: false,
    prepared: await prepared,
  }));
  await pg.query(
    "insert into sync.workspace (id, name, created_at, updated_at, version) values ($1, 'W', now(), now(), 1)",
    [workspaceId],
  );
  await pg.query('select sync.apply_workspace(false)');
  await write(
    "insert into label (id, workspace_id, name, color) values ($1, $2, 'one', '#112233')",
    labelId,
    workspaceId,
  );
});
afterEach(() => engine.close());

const write = (sql: string, ...parameters: unknown[]) =>
  engine.write(crypto.randomUUID(), [{ sql, parameters }]);

/** A live query of labels by name; counts its runs. */
function watch(columns: Record<string, string[]> | undefined) {
  const seen = { runs: 0, rows: [] as unknown[] };
  const stop = engine.watch(
    { sql: 'select id, name from label order by name', parameters: [], reads: { of: 'label', columns } },
    {
      onRows: (rows) => {
        seen.runs++;
        seen.rows = rows;
      },
      onSame: () => {
        seen.runs++;
      },
      onError: () => {},
    },
  );
  return { seen, stop };
}

/** The server's version of the label comes, as the read path brings it. */
async function comes(version: number, name: string, color = '#112233'): Promise<void> {
  await pg.query(
    `insert into sync.label (id, workspace_id, name, color, created_at, updated_at, version)
     values ($1, $2, $3, $4, now(), now(), $5)`,
    [labelId, workspaceId, name, color, version],
  );
  await pg.query('select sync.apply_label(false)');
}

/** The server's answer to what was written last. */
async function answered(): Promise<void> {
  const n = await pg.query<{ n: string }>('select max(n) as n from sync.outbox');
  const verdict = { n: Number(n.rows[0]!.n), verdicts: [{ status: 'applied', version: '7' }] };
  await pg.query('select sync.answer($1, 100)', [JSON.stringify([verdict])]);
}

test('R1: a query that says which columns it reads is run once after a change of them, and not after another one', async () => {
  const { seen } = watch({ label: ['name'] });
  await until('the first rows', () => seen.runs === 1);
  await write("update label set color = '#445566'");
  await engine.settled();
  expect(seen.runs).toBe(1);
  await write("update label set name = 'two'");
  await engine.settled();
  expect(seen).toEqual({ runs: 2, rows: [{ id: labelId, name: 'two' }] });
});

test('R1: a row that is made or deleted runs it whatever it reads', async () => {
  const { seen } = watch({ label: ['name'] });
  await until('the first rows', () => seen.runs === 1);
  await write('delete from label');
  await engine.settled();
  expect(seen).toEqual({ runs: 2, rows: [] });
});

test('R1: a verdict that changes nothing changes nothing; an echo changes the version, and rows by others are told whole', async () => {
  await takeNotes(pg);
  await answered();
  expect(await takeNotes(pg)).toEqual({ label: [] });
  await comes(7, 'one');
  const { rows } = await pg.query<{ n: number }>('select count(*)::int as n from sync.outbox');
  expect(rows).toEqual([{ n: 0 }]);
  const echo = await arrived(pg, ['label', 'outbox', 'incoming']);
  const columns = [...echo.get('label')!.columns!];
  expect(columns).toContain('version');
  expect(columns).not.toContain('name');
  expect(columns).not.toContain('color');
  await comes(8, 'by another');
  expect((await arrived(pg, ['label', 'outbox', 'incoming'])).get('label')).toEqual({
    columns: null,
    ids: null,
  });
  // What nobody noted may be anything.
  expect((await arrived(pg, ['label', 'outbox', 'incoming'])).get('label')).toEqual({
    columns: null,
    ids: null,
  });
});

test('R1: a row of the server that was changed here is told by the columns that it changes', async () => {
  await answered();
  await comes(7, 'one');
  await write("update label set color = '#445566'");
  await takeNotes(pg);
  await comes(8, 'renamed by another');
  const { columns } = (await arrived(pg, ['label', 'outbox', 'incoming'])).get('label')!;
  expect([...columns!]).toContain('name');
  expect([...columns!]).not.toContain('color');
  expect((await pg.query('select name, color from label')).rows).toEqual([
    { name: 'renamed by another', color: '#445566' },
  ]);
});

test('prepared or not, a query has the same rows, for every kind of value, and the same error', async () => {
  const queries = new PreparedQueries(pg);
  const query = {
    sql: `select $1::text as text, $2::int as int, $3::bool as bool, $4::date as day, $5::uuid as id, $6::int8 as big,
            now()::timestamptz(0) - now()::timestamptz(0) is not null as ok, '{"a": [1]}'::jsonb as json,
            '\\x00ff'::bytea as bytes, '2026-01-02 03:04:05+00'::timestamptz as at`,
    parameters: ["it's \\ 'quoted'", 7, true, '2026-02-03', workspaceId, '9007199254740993'],
  };
  const plain = (await pg.query(query.sql, query.parameters)).rows;
  for (let run = 0; run < 4; run++) expect(await queries.run(query)).toEqual(plain);
  const { rows } = await pg.query<{ n: number }>('select count(*)::int as n from pg_prepared_statement()');
  expect(rows).toEqual([{ n: 1 }]);
  const wrong = { sql: 'select 1 / $1::int as x', parameters: [1] };
  for (let run = 0; run < 3; run++) await queries.run(wrong);
  await expect(queries.run({ ...wrong, parameters: [0] })).rejects.toMatchObject({ code: '22012' });
  expect(await queries.run(wrong)).toEqual([{ x: 1 }]);
  const list = { sql: 'select name from label where id = any($1::uuid[])', parameters: [[labelId]] };
  for (let run = 0; run < 3; run++) expect(await queries.run(list)).toEqual([{ name: 'one' }]);
});

test('tables are tended when they have grown and nobody waits for the database', async () => {
  const pages = async () =>
    (
      await pg.query<{ relpages: number }>(
        "select relpages from pg_class where oid = 'public.label'::regclass",
      )
    ).rows[0]!.relpages;
  await pg.query(
    `insert into label (id, workspace_id, name, color)
     select gen_random_uuid(), $1, 'label ' || i, '#112233' from generate_series(1, 3000) i`,
    [workspaceId],
  );
  const before = await pages();
  const tending = new Tending({ pg, quiet: 50 });
  tending.used();
  await tending.tend();
  expect(await pages()).toBeGreaterThan(before + 16);
  await tending.close();
});
