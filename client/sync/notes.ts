// What merges of server rows have written, as the database notes it (migrations/sync/client.sql): columns by table. Live
// queries that read none of them are not run again.
import type { Transaction } from '@electric-sql/pglite';
import type { Changed, Changes } from './live-queries';
import { wholly } from './live-queries';

export type Notes = Readonly<Record<string, readonly string[]>>;

/** @returns what was noted since the last time */
export async function takeNotes(pg: Pick<Transaction, 'query'>): Promise<Notes> {
  const { rows } = await pg.query<{ notes: Notes }>('select sync.take_notes() as notes');
  return rows[0]!.notes;
}

/** @returns what changed of a table; one that is not noted may have changed in any way */
export function noted(notes: Notes, table: string): Changed {
  const columns = notes[table];
  return { columns: columns && !columns.includes('*') ? new Set(columns) : null, ids: null };
}

/**
 * What changed when the read path says that tables have. It is noted where their rows came through sync.incoming, which it
 * names then; what it confirmed was answered before, so no row's mark in the outbox is another one.
 */
export async function arrived(pg: Pick<Transaction, 'query'>, tables: Iterable<string>): Promise<Changes> {
  const names = new Set(tables);
  if (!names.has('incoming')) return wholly(names);
  // Whatever is the matter with the database then: what is not noted may have changed in any way.
  const notes = await takeNotes(pg).catch((): Notes => ({}));
  const all = [...names, ...Object.keys(notes)].map((table) => [table, noted(notes, table)] as const);
  return new Map([...all, ['outbox', { columns: null, ids: new Set<string>() }] as const]);
}
