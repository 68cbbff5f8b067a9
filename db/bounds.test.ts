// Every value that a client can write has bounds.
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMigrations } from '../api/host/migrations';
import { endOfTime, firstDay, firstMoment, lastDay } from './kit/bounds';
import { migrate } from './sync/migrate';
import type { SyncedTable } from './sync/schema';
import { access, schema, type TableName, tables } from './tables';

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
  await migrate(pg, readMigrations(), 'client', schema.machinery);
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
