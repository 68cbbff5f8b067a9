// Every value that a client can write has bounds; what was there before them is brought into them and not lost.
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionOf, readMigrations } from '../api/migrations';
import { createTestDatabase, type TestDatabase } from '../scripts/testing/postgres';
import { access } from './access';
import { endOfTime, firstDay, firstMoment, lastDay } from './bounds';
import { migrate } from './migrate';
import { type SyncedTable, type TableName, tables } from './tables';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const iso = (at: number) => new Date(at).toISOString();
const span = (from: number, to: number) => `[${iso(from)},${iso(to)})`;
const hour = 3_600_000;

/** Values on both sides of the bounds, by the type of the column. */
const edges: Readonly<Record<string, { readonly inside: string[]; readonly outside: string[] }>> = {
  date: {
    inside: [firstDay, lastDay],
    outside: [
      '1899-12-31',
      '2200-01-01',
      '20261-01-01',
      '4713-01-01 BC',
      '5874897-12-31',
      'infinity',
      '-infinity',
    ],
  },
  'timestamp with time zone': {
    inside: [iso(firstMoment), iso(endOfTime - 1)],
    outside: [iso(firstMoment - 1), iso(endOfTime), '4713-01-01 BC', '290000-01-01', 'infinity', '-infinity'],
  },
  tstzrange: {
    inside: [span(firstMoment, firstMoment + 1000), span(endOfTime - hour, endOfTime)],
    outside: [
      ...[span(firstMoment - 1, firstMoment + hour), span(endOfTime - hour, endOfTime + 1)],
      ...[
        '[290000-01-01,290000-01-02)',
        '[2026-01-01,2026-01-01 00:00:00.999999)',
        '[2026-01-01,)',
        '(,)',
        '[2026-01-01,infinity)',
      ],
    ],
  },
};
/** They bound themselves: hours of a day, yes and no, ids, numbers of a fixed size. */
const bounded = new Set(['time without time zone', 'boolean', 'uuid', 'smallint', 'integer', 'bigint']);

let pg: PGlite;
let columns: Column[];
beforeAll(async () => {
  pg = await PGlite.create({ extensions: { btree_gist } });
  await migrate(pg, readMigrations(), 'client');
  const { rows } = await pg.query<Column>(
    `select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type
       from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`,
  );
  columns = rows.filter(({ table, column }) => {
    const known = (tables as Record<string, SyncedTable | undefined>)[table];
    return known && [...known.insertable, ...known.updatable].includes(column);
  });
});
afterAll(() => pg?.close());

/** @returns whether every check that is about this column alone admits the value */
async function admits({ table, column, type }: Column, value: unknown): Promise<boolean> {
  const { rows } = await pg.query<{ holds: string }>(
    `select pg_get_expr(conbin, conrelid) as holds from pg_constraint
      where contype = 'c' and conrelid = $1::regclass and conkey = array[(
        select attnum from pg_attribute where attrelid = $1::regclass and attname = $2)]`,
    [table, column],
  );
  for (const { holds } of rows) {
    const sql = `select coalesce(${holds}, true) as ok from (select $1::text::${type} as "${column}") t`;
    if (!(await pg.query<{ ok: boolean }>(sql, [value])).rows[0]!.ok) return false;
  }
  return true;
}

describe('A5: what a client can write has bounds', () => {
  test('A5: moments and days lie between the years 1900 and 2199, in each column', async () => {
    const ofTime = columns.filter(({ type }) => type in edges);
    expect(ofTime.length).toBeGreaterThan(15);
    const found: string[] = [];
    for (const c of ofTime) {
      const { inside, outside } = edges[c.type]!;
      for (const value of inside)
        if (!(await admits(c, value))) found.push(`${c.table}.${c.column} refuses ${value}`);
      for (const value of outside)
        if (await admits(c, value)) found.push(`${c.table}.${c.column} admits ${value}`);
    }
    expect(found).toEqual([]);
  });

  test('A5: text, documents and lists are never longer than their check says', async () => {
    const unbounded: string[] = [];
    for (const c of columns.filter(({ type }) => !(type in edges) && !bounded.has(type))) {
      // Names whoever writes it, or is refused.
      if (c.column === 'user_id' && access[c.table as TableName].insert === 'self') continue;
      const long = 'x'.repeat(9_000_000);
      const value =
        c.type === 'jsonb'
          ? JSON.stringify([long])
          : c.type === 'bytea'
            ? `\\x${'00'.repeat(8_000_001)}`
            : long;
      if (await admits(c, value)) unbounded.push(`${c.table}.${c.column} (${c.type})`);
    }
    expect(unbounded).toEqual([]);
  });

  test('A5: a column without a bound is found', async () => {
    await pg.exec('begin; alter table task add column snoozed_until timestamptz');
    try {
      const column = { table: 'task', column: 'snoozed_until', type: 'timestamp with time zone' };
      expect(await admits(column, '290000-01-01')).toBe(true);
    } finally {
      await pg.exec('rollback');
    }
  });
});

const ids = { workspace: crypto.randomUUID(), project: crypto.randomUUID(), resource: crypto.randomUUID() };
const [task, cancelled, first, second, page, short] = Array.from({ length: 6 }, () => crypto.randomUUID());
const before = readMigrations().filter(({ name }) => name < '0010');
const parents = `insert into workspace (id, name) values ('${ids.workspace}', 'Station');
  insert into project (id, workspace_id, key, name, position) values ('${ids.project}', '${ids.workspace}', 'P', 'Project', 'a0');
  insert into resource (id, workspace_id, kind, name, color, position)
    values ('${ids.resource}', '${ids.workspace}', 'room', 'Room', '#112233', 'a0');`;
/** What could be written before there were bounds. Two bookings hold times that come to be the same. */
const wild = `insert into task (id, workspace_id, project_id, title, position, due_on, created_at)
    values ('${task}', '${ids.workspace}', '${ids.project}', 'Far', 'a0', '20261-01-01', '-infinity'),
      ('${cancelled}', '${ids.workspace}', '${ids.project}', 'Long ago', 'a1', '4713-01-01 BC', now());
  insert into booking (id, workspace_id, resource_id, user_id, title, during) values
    ('${first}', '${ids.workspace}', '${ids.resource}', 'u', 'Late', '[290000-01-01 10:00Z,290000-01-01 12:00Z)'),
    ('${second}', '${ids.workspace}', '${ids.resource}', 'u', 'Later', '[290001-01-01 10:00Z,290001-01-01 12:00Z)'),
    ('${short}', '${ids.workspace}', '${ids.resource}', 'u', 'Short', '[2026-01-01 10:00Z,2026-01-01 10:00:00.000001Z)');
  insert into page (id, workspace_id, position, deleted_at) values ('${page}', '${ids.workspace}', 'a0', 'infinity');`;
const rows = `select jsonb_build_object(
    'tasks', (select jsonb_agg(jsonb_build_array(title, due_on) order by title) from task),
    'made', (select min(created_at) >= '1900-01-01Z' from task),
    'bookings', (select jsonb_agg(jsonb_build_array(title, during, status) order by title) from booking),
    'page', (select deleted_at < '2200-01-01Z' from page)) as all`;
const fitted = {
  tasks: [
    ['Far', lastDay],
    ['Long ago', firstDay],
  ],
  made: true,
  bookings: [
    ['Late', '["2199-12-31 22:00:00+00","2200-01-01 00:00:00+00")', 'tentative'],
    ['Later', '["2199-12-31 22:00:00+00","2200-01-01 00:00:00+00")', 'tentative'],
    ['Short', '["2026-01-01 10:00:00+00","2026-01-01 10:00:01+00")', 'tentative'],
  ],
  page: true,
};

describe('A5: what was written before there were bounds', () => {
  let database: TestDatabase;
  afterAll(() => database?.drop());

  test('A5: the server brings it into them, tells its devices, and can bring back what was deleted', async () => {
    database = await createTestDatabase({ migrated: false });
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query("set timezone to 'UTC'");
      await migrate(connectionOf(client), before, 'server');
      await client.query(`${parents} ${wild} delete from task where id = '${cancelled}'`);
      const was = await client.query('select version from task');
      await migrate(connectionOf(client), readMigrations(), 'server');
      const { rows: found } = await client.query(rows);
      expect(found[0].all).toEqual({ ...fitted, tasks: [fitted.tasks[0]] });
      const now = await client.query('select version from task');
      expect(Number(now.rows[0].version)).toBeGreaterThan(Number(was.rows[0].version));
      const grave = await client.query('select grave from sync.register where id = $1', [cancelled]);
      expect(grave.rows[0].grave).toMatchObject({ title: 'Long ago', due_on: firstDay });
    } finally {
      await client.end();
    }
  });

  test('A5: a device shows it within them, and what it had not sent stays as it was written', async () => {
    const device = await PGlite.create({ extensions: { btree_gist } });
    try {
      await device.exec("set timezone to 'UTC'");
      await migrate(device, before, 'client');
      await device.query('insert into sync.client (client_id) values ($1)', [crypto.randomUUID()]);
      await device.exec(
        `set session_replication_role = replica; ${parents} set session_replication_role = origin; ${wild}`,
      );
      const outbox = 'select row_id, set from sync.outbox order by i';
      const unsent = (await device.query(outbox)).rows;
      expect(unsent).toHaveLength(6);
      await migrate(device, readMigrations(), 'client');
      expect((await device.query<{ all: unknown }>(rows)).rows[0]!.all).toEqual(fitted);
      expect((await device.query(outbox)).rows).toEqual(unsent);

      // Its other fields can be changed; what is written from here on is refused at once.
      await device.query(`update task set title = 'Far off' where id = $1`, [task]);
      await expect(
        device.query(`update task set due_on = '20261-01-01' where id = $1`, [task]),
      ).rejects.toMatchObject({
        constraint: 'task_due_on_range',
      });

      // Unsent changes on top of a row that comes from the server: the batch goes in, nothing is parked.
      await device.query(
        `insert into sync.task (id, workspace_id, project_id, title, status, priority, position, author,
          description, created_at, updated_at, version)
        values ($1, $2, $3, 'Far', 'todo', 0, 'a0', '', '', now(), now(), 5)`,
        [task, ids.workspace, ids.project],
      );
      await device.query('select sync.apply_task(false)');
      expect((await device.query('select error from sync.incoming')).rows).toEqual([]);
      const { rows: shown } = await device.query('select title, due_on::text from task where id = $1', [
        task,
      ]);
      expect(shown).toEqual([{ title: 'Far off', due_on: lastDay }]);
    } finally {
      await device.close();
    }
  });
});
