// The way back from a merge or a refusal: statements that write what was lost again.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../../db/schema';
import type { SyncedTable } from '../../../db/sync/schema';
import { isTableName, tables } from '../../../db/tables';
import { bound } from '../../sync/react/sql';
import type { Compilable } from '../../sync/store';

type Db = Kysely<DB>;
type Values = Readonly<Record<string, unknown>>;

interface Change {
  readonly table: string;
  readonly rowId: string;
  readonly kind: string;
  readonly values: Values;
}

/** Columns of `values` that a client may write, in the order of the table. */
function allowed(table: string, kind: string, values: Values): string[] {
  if (!isTableName(table)) return [];
  const t: SyncedTable = tables[table];
  return (kind === 'insert' ? t.insertable : t.updatable).filter((column) => column in values);
}

/**
 * Writes a change again. @returns no statement if nothing of it can be written by a client.
 */
export function writeAgain(db: Db, change: Change): Compilable[] {
  const { table, rowId, kind, values } = change;
  if (!isTableName(table)) return [];
  const name = sql.table(table);
  if (kind === 'delete') return [bound(db, sql`delete from ${name} where id = ${rowId}`)];
  const columns = allowed(table, kind, values);
  if (columns.length === 0) return [];
  const value = (column: string) => sql`${values[column] ?? null}`;
  const sets = (list: string[]) => sql.join(list.map((column) => sql`${sql.ref(column)} = ${value(column)}`));
  if (kind === 'update') return [bound(db, sql`update ${name} set ${sets(columns)} where id = ${rowId}`)];
  const updatable = allowed(table, 'update', values);
  const conflict = updatable.length > 0 ? sql`do update set ${sets(updatable)}` : sql`do nothing`;
  return [
    bound(
      db,
      sql`insert into ${name} (${sql.join([sql.ref('id'), ...columns.map((column) => sql.ref(column))])})
          values (${sql.join([sql`${rowId}`, ...columns.map(value)])}) on conflict (id) ${conflict}`,
    ),
  ];
}

export interface LostNotice {
  readonly id: string;
  readonly kind: string;
  readonly table: string;
  readonly row_id: string;
  readonly field: string | null;
  readonly lost: unknown;
}

export function resolveNotice(db: Db, id: string): Compilable {
  return db.updateTable('notice').set({ resolved_at: new Date().toISOString() }).where('id', '=', id);
}

/** Sets the field to what was lost, or makes the deleted row again, and resolves the notice: one transaction. */
export function restoreNotice(db: Db, notice: LostNotice): Compilable[] {
  const { table, row_id: rowId, field, lost } = notice;
  const again =
    notice.kind === 'deleted' && lost !== null && typeof lost === 'object'
      ? writeAgain(db, { table, rowId, kind: 'insert', values: lost as Values })
      : field !== null
        ? writeAgain(db, { table, rowId, kind: 'update', values: { [field]: lost } })
        : [];
  return again.length > 0 ? [...again, resolveNotice(db, notice.id)] : [];
}
