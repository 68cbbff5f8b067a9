// Compares how many rows of each shape are here with how many the server has. A device that starts says "up to date"
// only after that (R6): what the shapes say of themselves can be early, and what is missing for good is found.
import type { PGliteInterface } from '@electric-sql/pglite';
import type { Schema } from '../../db/sync/schema';
import { workspaceSize } from '../../db/sync/wire';
import { elsewhere, type Link, LinkError, readJson } from './link';

export type Counts = ReadonlyMap<string, number>;

/** @throws LinkError, or the signal's reason */
export async function countThere(
  link: Link,
  { names }: Schema,
  workspaceId: string,
  signal: AbortSignal,
): Promise<Counts> {
  const response = await link.patiently(`/api/workspaces/${workspaceId}/size`, { signal });
  const read = workspaceSize.safeParse(await readJson(response));
  if (!read.success) throw new LinkError('unreadable', elsewhere);
  return new Map(names.map((table) => [table, read.data.rows[table] ?? 0]));
}

/** Rows that the server has, as far as this device knows; what is unsent does not count. */
export async function countHere(pg: PGliteInterface, schema: Schema, workspaceId: string): Promise<Counts> {
  const each = schema.names.map(
    (table) =>
      `select '${table}' as name, count(*)::int as rows from sync.${table} where ${schema.tables[table]!.scope} = $1`,
  );
  const { rows } = await pg.query<{ name: string; rows: number }>(each.join(' union all '), [workspaceId]);
  return new Map(rows.map(({ name, rows: count }) => [name, count]));
}

export interface AuditOptions {
  readonly pg: PGliteInterface;
  readonly link: Link;
  readonly schema: Schema;
  readonly workspaceId: string;
  readonly signal: AbortSignal;
  /** How many batches of a shape have been stored: one that moves is being delivered. */
  moved(table: string): number;
  /** Rows of this shape are missing, or too many, and nothing comes: it is to be fetched anew. */
  missing(table: string): void;
}

/** Differences that stay as they are this often, with nothing coming, are no matter of time. */
const PATIENCE = 3;

/** Resolves when what is here is what the server has, or is on its way. @throws the signal's reason, LinkError */
export async function audit(options: AuditOptions): Promise<void> {
  const { pg, link, schema, workspaceId, signal } = options;
  let same = 0;
  let before = '';
  for (let tries = 0; ; tries++) {
    const moved = new Map(schema.names.map((table) => [table, options.moved(table)]));
    const there = await countThere(link, schema, workspaceId, signal);
    const here = await countHere(pg, schema, workspaceId);
    signal.throwIfAborted();
    const other = schema.names.filter(
      (table) => here.get(table) !== there.get(table) && options.moved(table) === moved.get(table),
    );
    if (other.length === 0) return;
    const difference = JSON.stringify(other.map((table) => [table, here.get(table), there.get(table)]));
    same = difference === before ? same + 1 : 1;
    before = difference;
    if (same >= PATIENCE) {
      console.warn('sync: rows here and on the server differ; fetching them anew:', difference);
      for (const table of other) options.missing(table);
      return;
    }
    await link.pause(signal, tries);
  }
}
