// The data without the machinery: whoever leaves drops schema sync and has ordinary tables, with rows, constraints and
// indexes (docs/leaving.md).
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../scripts/testing/postgres';
import { insertRow, sampleRow } from '../scripts/testing/rows';
import { tableNames } from './tables';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** What Postgres says of the tables of schema public, functions and triggers aside. */
async function catalog(): Promise<unknown[]> {
  const { rows } = await pool.query(`
    select 'column' as kind, attrelid::regclass::text as of, attname::text as name,
        format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || coalesce(pg_get_expr(adbin, adrelid), '') as said
      from pg_attribute join pg_class c on c.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
    union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace
    union all select 'index', tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
    order by 1, 2, 3`);
  return rows;
}

test('without the machinery the tables are what they were, with every row', async () => {
  const workspaceId = crypto.randomUUID();
  await insertRow(pool, 'workspace', workspaceId, { name: 'Station' });
  const { row: member } = await sampleRow(pool, workspaceId, 'member', null);
  await insertRow(pool, 'member', crypto.randomUUID(), member);
  const { row: task } = await sampleRow(pool, workspaceId, 'task', null);
  const taskId = crypto.randomUUID();
  await insertRow(pool, 'task', taskId, task);
  const all = async () => {
    const counts: [string, number][] = [];
    for (const table of tableNames) {
      const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from public."${table}"`);
      counts.push([table, rows[0]!.n]);
    }
    return counts;
  };
  // The one table of people's data that is in there: the bytes of files.
  await pool.query('alter table sync.file_bytes set schema public');
  const [before, rows] = [await catalog(), await all()];
  expect(before.length).toBeGreaterThan(tableNames.length);

  await pool.query('drop schema sync cascade');

  expect(await catalog()).toEqual(before);
  expect(await all()).toEqual(rows);
  await pool.query("update task set title = 'by plain SQL' where id = $1", [taskId]);
  await expect(
    pool.query('update task set project_id = gen_random_uuid() where id = $1', [taskId]),
  ).rejects.toMatchObject({
    code: '23503',
  });
});
