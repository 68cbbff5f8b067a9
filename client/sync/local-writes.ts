// Local transactions: what the person writes, captured by the triggers of migrations/sync/client.sql, and its inverse.
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type { Schema } from '../../db/sync/schema';
import { isFull } from './database';
import type { Changed, Changes, Query } from './live-queries';
import { DatabaseStopped } from './stopped';
import { type Change, StoreError, type Written } from './store';

/**
 * Runs statements as one local transaction.
 * @param requestId a request that took effect before is answered with what it did
 * @throws StoreError; then nothing took effect
 */
export async function writeLocally(
  pg: PGliteInterface,
  schema: Schema,
  requestId: string,
  run: (tx: Transaction) => Promise<void>,
): Promise<Written> {
  try {
    return await pg.transaction(async (tx) => {
      const before = await tx.query<{ n: string | null }>('select n from sync.request where id = $1', [
        requestId,
      ]);
      if (before.rows[0]) return await written(tx, before.rows[0].n);
      await run(tx);
      const made = await tx.query<{ n: string }>(
        'select current_n as n from sync.client where current_xid = pg_current_xact_id_if_assigned()',
      );
      const n = made.rows[0]?.n ?? null;
      await tx.query('insert into sync.request (id, n) values ($1, $2)', [requestId, n]);
      return await written(tx, n);
    });
  } catch (error) {
    throw storeError(error, schema);
  }
}

async function written(tx: Transaction, n: string | null): Promise<Written> {
  if (n === null) return { n: null, changes: [] };
  const { rows } = await tx.query<Change>(
    'select "table", row_id as id, kind, set, was, clock from sync.outbox where n = $1 order by i',
    [n],
  );
  return { n: Number(n), changes: rows };
}

/** @returns what a local transaction changed, for live queries; of the outbox, its rows' marks */
export function changesOf(changes: readonly Change[]): Changes {
  const found = new Map<string, Changed>();
  for (const table of new Set(changes.map((change) => change.table))) {
    const own = changes.filter((change) => change.table === table);
    const columns = own.some(({ kind }) => kind !== 'update')
      ? null
      : new Set([...own.flatMap(({ set }) => Object.keys(set)), 'version', 'updated_at']);
    found.set(table, { columns, ids: new Set(own.map(({ id }) => id)) });
  }
  return found.set('outbox', { columns: null, ids: new Set(changes.map(({ id }) => id)) });
}

/** Runs compiled statements in order. */
export function statementsRunner(statements: readonly Query[]): (tx: Transaction) => Promise<void> {
  return async (tx) => {
    for (const { sql, parameters } of statements) await tx.query(sql, [...parameters]);
  };
}

/**
 * Undoes changes: what was made goes (last first), what was deleted comes back (parents first, whatever order a cascade
 * took them in), then fields get their values back. A field that has another value by now is left alone, and so is a
 * row that is gone.
 */
export function undoRunner(
  { names }: Schema,
  changes: readonly Change[],
): (tx: Transaction) => Promise<void> {
  const backwards = [...changes].reverse().filter((change) => names.includes(change.table));
  const parentsFirst = (one: Change, other: Change) => names.indexOf(one.table) - names.indexOf(other.table);
  const steps = [
    ...backwards.filter((change) => change.kind === 'insert'),
    ...backwards.filter((change) => change.kind === 'delete').sort(parentsFirst),
    ...backwards.filter((change) => change.kind === 'update'),
  ];
  return async (tx) => {
    for (const change of steps) await undoOne(tx, change);
  };
}

async function undoOne(tx: Transaction, { table, id, kind, set, was }: Change): Promise<void> {
  if (kind === 'insert') {
    await tx.query(`delete from public.${table} where id = $1`, [id]);
    return;
  }
  if (kind === 'delete') {
    const { version: _version, updated_at: _updatedAt, ...row } = was;
    const columns = columnsOf({ ...row, id });
    await tx.query(
      `insert into public.${table} (${columns}) select ${columns} from jsonb_populate_record(null::public.${table}, $1)
       on conflict (id) do nothing`,
      [JSON.stringify({ ...row, id })],
    );
    return;
  }
  const { rows } = await tx.query<{ field: string }>(
    `select s.key as field from public.${table} t, jsonb_each($2::jsonb) s
     where t.id = $1 and to_jsonb(t) -> s.key is not distinct from s.value`,
    [id, JSON.stringify(set)],
  );
  const back = Object.fromEntries(rows.map(({ field }) => [field, was[field]]));
  if (rows.length === 0) return;
  const columns = columnsOf(back);
  await tx.query(
    `update public.${table} set (${columns}) =
       (select ${columns} from jsonb_populate_record(null::public.${table}, $2)) where id = $1`,
    [id, JSON.stringify(back)],
  );
}

/** Column names come from the capture triggers, but travelled through the page. */
function columnsOf(row: Readonly<Record<string, unknown>>): string {
  return Object.keys(row)
    .map((name) => `"${name.replaceAll('"', '""')}"`)
    .join(', ');
}

interface PostgresError {
  readonly code?: unknown;
  readonly constraint?: unknown;
}

export const fullSentence =
  'This change could not be stored: this device’s storage is full. Free some space and try again.';

/** Turns what the database throws into the closed kinds of the store. */
export function storeError(error: unknown, { sentences }: Pick<Schema, 'sentences'>): StoreError {
  if (error instanceof StoreError) return error;
  if (isFull(error)) return new StoreError('storage', fullSentence);
  if (error instanceof DatabaseStopped) {
    return new StoreError(
      'storage',
      'This could not be stored: the database of this device is being opened again. Try again in a moment.',
    );
  }
  const { code, constraint } = (error ?? {}) as PostgresError;
  const rule = typeof constraint === 'string' ? constraint : null;
  const sentence = rule === null ? undefined : sentences[rule];
  if (typeof code === 'string') {
    if (code === '42501')
      return new StoreError('read-only', sentence ?? 'This is changed on the server only.', rule);
    if (code.startsWith('23')) {
      return new StoreError('constraint', sentence ?? 'A rule of the workspace forbids this.', rule);
    }
    if (/^(53|58|XX)/.test(code)) {
      return new StoreError(
        'storage',
        'This change could not be stored on this device. Free some space and try again.',
      );
    }
    if (code.startsWith('22'))
      return new StoreError('constraint', 'This value does not fit the field.', rule);
    return new StoreError('query', `The database did not understand the request (${code}).`);
  }
  return new StoreError(
    'storage',
    'This change could not be stored on this device. Reload the page and try again.',
  );
}
