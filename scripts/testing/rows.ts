// A sound row of every synced table, whoever's it is; what it hangs on is made with it. For tests that walk all tables.
import type { Pool } from 'pg';
import { definitionOf, type TableName } from '../../db/tables';
import { postgresText, updateSaying } from './document';

export interface Somebody {
  readonly userId: string;
  readonly memberId: string;
  readonly name: string;
}
export type Values = Record<string, unknown>;

export interface Sample {
  /** Columns of the row, without id. */
  readonly row: Values;
  /** A value that it does not have, of a column that may change, or of a fixed one where none may. */
  readonly change: Values;
}

let counter = 0;
const uuid = () => crypto.randomUUID();

/** Makes rows as the server itself does, with SQL. */
export async function insertRow(pool: Pool, table: TableName, id: string, row: Values): Promise<void> {
  const columns = Object.keys(row).map((c) => `"${c}"`);
  await pool.query(
    `insert into "${table}" (id, ${columns}) select $1, ${columns} from jsonb_populate_record(null::"${table}", $2)`,
    [id, JSON.stringify(row)],
  );
}

/** @param owner whose it is, where the table says so; null: nobody's */
export async function sampleRow(
  pool: Pool,
  workspaceId: string,
  table: TableName,
  owner: Somebody | null,
): Promise<Sample> {
  const n = ++counter;
  const of = async (parent: TableName, by: Somebody | null = null): Promise<string> => {
    const id = uuid();
    await insertRow(pool, parent, id, (await sampleRow(pool, workspaceId, parent, by)).row);
    return id;
  };
  const sample = (row: Values, change: Values): Sample => ({
    row: { workspace_id: workspaceId, ...row },
    change,
  });
  const author = { author_id: owner?.memberId ?? null, author: owner?.name ?? '' };
  const account = { user_id: owner?.userId ?? null };
  const named = { name: `Name ${n}` };
  switch (table) {
    case 'workspace':
      return { row: named, change: { name: 'Changed' } };
    case 'member': {
      const user_id = `nobody ${n}`;
      return sample({ user_id, ...named, email: `n${n}@example.org`, role: 'member' }, { role: 'owner' });
    }
    case 'project': {
      const key = `P${n.toString(36).toUpperCase()}`;
      return sample({ key, ...named, position: 'a0', archived: false }, { name: 'Changed' });
    }
    case 'label':
      return sample({ ...named, color: '#112233' }, { color: '#445566' });
    case 'task':
      return sample(
        { project_id: await of('project'), title: 'Title', position: 'a0', ...author, source: null },
        { title: 'Changed' },
      );
    case 'task_label':
      return sample(
        { task_id: await of('task'), label_id: await of('label') },
        { label_id: await of('label') },
      );
    case 'comment':
      return sample({ task_id: await of('task'), body: 'Words', ...author }, { body: 'Changed' });
    case 'notice':
      return sample(
        { user_id: owner?.userId ?? 'nobody', kind: 'lost', table: 'task', row_id: uuid() },
        { resolved_at: '2026-01-01T00:00:00Z' },
      );
    case 'resource':
      return sample({ kind: 'room', ...named, color: '#112233', position: 'a0' }, { color: '#445566' });
    case 'booking':
      return sample(
        {
          ...{ resource_id: await of('resource'), ...account, author: author.author, title: 'Title' },
          ...{ during: '["2026-11-23T10:00:00Z","2026-11-23T11:00:00Z")', series_id: null, source: null },
        },
        { title: 'Changed' },
      );
    case 'violation':
      return sample(
        { case_id: uuid(), rule: 'booking_no_overlap', table: 'booking', row_id: uuid() },
        { outcome: 'moved' },
      );
    case 'resolution':
      return sample(
        { violation_id: await of('violation'), ...account, author: author.author, choice: 'cancel' },
        { choice: 'move' },
      );
    case 'stock_item':
      return sample({ ...named, unit: 'kg' }, { notes: 'Changed' });
    case 'stock_place':
      return sample(named, { archived: true });
    case 'stock_level':
      return sample({ item_id: await of('stock_item'), place_id: await of('stock_place') }, { quantity: 9 });
    case 'stock_movement':
      return sample(
        {
          ...{ item_id: await of('stock_item'), from_id: await of('stock_place'), quantity: 1 },
          ...{ user_id: owner?.userId ?? 'nobody', author: author.author },
        },
        { reason: 'Changed' },
      );
    case 'page':
      return sample(
        { title: 'Title', position: 'a0', author_id: author.author_id, source: null },
        { title: 'Changed' },
      );
    case 'page_favourite':
      return sample({ page_id: await of('page'), ...account, position: 'a0' }, { position: 'a1' });
    case 'document_update':
      return sample(
        { document_id: uuid(), update: postgresText(updateSaying('Words')) },
        { update: postgresText(updateSaying('Changed')) },
      );
    case 'document_version':
      return sample(
        { document_id: uuid(), state: postgresText(updateSaying('Words')), automatic: false, ...author },
        { name: 'Changed' },
      );
    case 'file': {
      const hash = n.toString(16).padStart(64, '0');
      return sample({ hash, name: 'a.png', type: 'image/png', size: 1 }, { size: 2 });
    }
    default: {
      const row: Values = {};
      for (const { column, type, refers } of await required(pool, table)) {
        row[column] = refers ? await of(refers as TableName) : { ...values, text: `Text ${n}` }[type];
      }
      const { updatable, insertable } = definitionOf(table)!;
      const changed = updatable[0] ?? insertable.find((column) => column in row)!;
      const { rows } = await pool.query<{ type: string }>(columnType, [table, changed]);
      return sample(row, { [changed]: { ...others, text: 'Changed' }[rows[0]!.type] });
    }
  }
}

/** Values by type, and others than these. Enough for tables without constraints of their own on them. */
const values: Values = { integer: 1, bigint: 1, smallint: 1, boolean: false, jsonb: [], date: '2026-01-01' };
const others: Values = {
  integer: 2,
  bigint: 2,
  smallint: 2,
  boolean: true,
  jsonb: ['x'],
  date: '2026-01-02',
};

const columnType = `select format_type(atttypid, null) as type from pg_attribute
  where attrelid = ('public.' || quote_ident($1))::regclass and attname = $2`;

/** Columns that an insert must give, and the tables that they refer to by (workspace_id, column). */
async function required(
  pool: Pool,
  table: string,
): Promise<{ column: string; type: string; refers: string | null }[]> {
  const { rows } = await pool.query(
    `select a.attname as column, format_type(a.atttypid, null) as type,
       (select c.confrelid::regclass::text from pg_constraint c
         where c.conrelid = a.attrelid and c.contype = 'f' and a.attnum = any (c.conkey) limit 1) as refers
     from pg_attribute a
     where a.attrelid = ('public.' || quote_ident($1))::regclass and a.attnum > 0 and not a.attisdropped and a.attnotnull
       and not a.atthasdef and a.attname not in ('id', 'workspace_id')`,
    [table],
  );
  return rows;
}
