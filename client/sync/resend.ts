// A refused operation is sent again, with what is held because of it, as one new local transaction.
import type { Transaction } from '@electric-sql/pglite';
import type { SyncedTable } from '../../db/sync/schema';
import { isTableName, tables } from '../../db/tables';
import { StoreError } from './store';

interface Entry {
  readonly id: string;
  readonly table: string;
  readonly row_id: string;
  readonly kind: 'insert' | 'update' | 'delete';
  readonly set: Record<string, unknown>;
}

/** The entry and everything that hangs on it, in the order in which it was made. */
const withHeld = `with recursive held as (
    select * from sync.refused where id = $1
    union all select r.* from sync.refused r join held h on r.held_by = h.id)
  select id, "table", row_id, kind, set from held order by i`;

/**
 * Writes a refused operation again, with other values where `change` gives them, and what hangs on it after it. What
 * hangs on it and still does not fit stays refused, by itself.
 * @throws StoreError 'constraint' when the operation itself does not fit on this device; then nothing took effect
 */
export function resendRunner(
  refusedId: string,
  change: Readonly<Record<string, unknown>>,
): (tx: Transaction) => Promise<void> {
  return async (tx) => {
    const { rows } = await tx.query<Entry>(withHeld, [refusedId]);
    const first = rows.find((entry) => entry.id === refusedId);
    if (!first) throw new StoreError('query', 'This was discarded or sent again before.');
    await writeAgain(tx, { ...first, set: { ...first.set, ...change } });
    const sent = [first.id];
    for (const entry of rows.filter((other) => other !== first)) {
      await tx.exec('savepoint held');
      try {
        await writeAgain(tx, entry);
        sent.push(entry.id);
      } catch {
        await tx.exec('rollback to savepoint held');
      }
      await tx.exec('release savepoint held');
    }
    await tx.query('delete from sync.refused where id = any($1)', [sent]);
  };
}

async function writeAgain(tx: Transaction, { table, row_id, kind, set }: Entry): Promise<void> {
  if (!isTableName(table)) throw new StoreError('query', 'This app does not know this kind of thing.');
  if (kind === 'delete') {
    await tx.query(`delete from public.${table} where id = $1`, [row_id]);
    return;
  }
  const t: SyncedTable = tables[table];
  const given = (columns: readonly string[]) => columns.filter((column) => column in set);
  const values = JSON.stringify({ ...set, id: row_id });
  const record = `jsonb_populate_record(null::public.${table}, $1)`;
  if (kind === 'update') {
    const columns = list(given(t.updatable));
    if (columns === '') throw new StoreError('read-only', 'This cannot be changed from here.');
    await tx.query(
      `update public.${table} set (${columns}) = (select ${columns} from ${record}) where id = $2`,
      [values, row_id],
    );
    return;
  }
  const columns = list(['id', ...given(t.insertable)]);
  const again = given(t.updatable).map((column) => `"${column}" = excluded."${column}"`);
  await tx.query(
    `insert into public.${table} (${columns}) select ${columns} from ${record}
     on conflict (id) do ${again.length > 0 ? `update set ${again.join(', ')}` : 'nothing'}`,
    [values],
  );
}

/** Of columns that db/tables.ts names. */
function list(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ');
}
