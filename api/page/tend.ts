// One document's turn: its text for search, and compaction. D2: what is deleted is exactly what was read and merged,
// under a lock that only compaction takes; rows that writers add meanwhile are not among them.
import type { Pool, PoolClient } from 'pg';
import { TooCostly } from '../../db/page/bounded';
import { inTransaction } from '../sync/transaction';
import { type DocumentThread, joiningThread } from './thread';

/** Updates that are not compacted yet: above either, the document is compacted. */
const most = { rows: 100, bytes: 256_000 } as const;
/** What one row may hold, with some room (document_update_length). */
const LARGEST = 7_000_000;
/** Bytes of all updates of one document; more are not even read. */
const LARGEST_READ = 64_000_000;

export interface DocumentName {
  readonly workspaceId: string;
  readonly documentId: string;
}

interface UpdateRow {
  readonly id: string;
  readonly update: Uint8Array;
  readonly compacted: number;
  readonly version: string;
}

/** Its updates take too long to put together; they stay as they are. */
export class Postponed extends Error {
  override readonly name = 'Postponed';
  /**
   * @param retryAt from then on it is tried again, if it was written to
   * @param isNews it was found out just now, for the first time
   */
  constructor(
    readonly retryAt: Date,
    readonly isNews: boolean,
  ) {
    super('takes too long to put together');
  }
}

/**
 * @returns how many rows were replaced by one; 0: there were few.
 * @throws Postponed
 */
export async function tendDocument(
  pool: Pool,
  name: DocumentName,
  limits: { readonly rows: number; readonly bytes: number } = most,
  thread: DocumentThread = joiningThread,
): Promise<number> {
  const done = await inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 7))', [
      `${name.workspaceId}/${name.documentId}`,
    ]);
    const state = await stateOf(client, name);
    if (state.bytes === null) return 0;
    if (state.is_known_costly) return 0;
    if (state.retry_at !== null) return new Postponed(state.retry_at, false);
    if (Number(state.bytes) > LARGEST_READ) return await postpone(client, name, state.newest!);
    try {
      return await tend(client, name, limits, thread);
    } catch (error) {
      if (error instanceof TooCostly) return await postpone(client, name, state.newest!);
      throw error;
    }
  });
  if (done instanceof Postponed) throw done;
  return done;
}

interface State {
  /** Of all updates; null: there are none. */
  readonly bytes: string | null;
  readonly newest: string | null;
  /** null: it may be tried now. */
  readonly retry_at: Date | null;
  /** Nothing was written since it was given up. */
  readonly is_known_costly: boolean;
}

async function stateOf(client: PoolClient, { workspaceId, documentId }: DocumentName): Promise<State> {
  const { rows } = await client.query<State>(
    `select u.bytes, u.newest, case when t.retry_at > now() then t.retry_at end as retry_at,
            coalesce(t.too_costly > 0 and t.version >= u.newest, false) as is_known_costly
       from (select sum(octet_length(update)) as bytes, max(version) as newest from document_update
              where workspace_id = $1 and document_id = $2) u
       left join sync.document_text t on t.workspace_id = $1 and t.document_id = $2`,
    [workspaceId, documentId],
  );
  return rows[0]!;
}

/** Nothing is lost: its updates stay, and its words are those of the last time. */
async function postpone(
  client: PoolClient,
  { workspaceId, documentId }: DocumentName,
  version: string,
): Promise<Postponed> {
  const { rows } = await client.query<{ retry_at: Date; too_costly: number }>(
    `insert into sync.document_text as t (workspace_id, document_id, version, body, too_costly, retry_at)
     values ($1, $2, $3, '', 1, now() + interval '1 minute')
     on conflict (workspace_id, document_id) do update set version = excluded.version, too_costly = t.too_costly + 1,
       retry_at = now() + least(interval '1 minute' * power(4, least(t.too_costly, 6)), interval '1 day')
     returning retry_at, too_costly`,
    [workspaceId, documentId, version],
  );
  return new Postponed(rows[0]!.retry_at, rows[0]!.too_costly === 1);
}

async function tend(
  client: PoolClient,
  { workspaceId, documentId }: DocumentName,
  limits: { readonly rows: number; readonly bytes: number },
  thread: DocumentThread,
): Promise<number> {
  const { rows } = await client.query<UpdateRow>(
    `select id, update, compacted, version from document_update
      where workspace_id = $1 and document_id = $2 order by version`,
    [workspaceId, documentId],
  );
  if (rows.length === 0) return 0;
  const replaced = rowsToReplace(rows, limits);
  const { merged, text } = await thread.join(
    rows.map((row) => row.update),
    replaced.length > 0 ? indicesOf(replaced, rows) : null,
  );
  const compacted =
    merged && merged.byteLength <= LARGEST
      ? await replace(client, { workspaceId, documentId }, replaced, merged)
      : null;
  await client.query(
    `insert into sync.document_text (workspace_id, document_id, version, body) values ($1, $2, $3, $4)
     on conflict (workspace_id, document_id) do update set version = excluded.version, body = excluded.body,
       too_costly = 0, retry_at = null`,
    [workspaceId, documentId, compacted ?? rows.at(-1)!.version, text],
  );
  return compacted === null ? 0 : replaced.length;
}

/** All rows where one can hold them, else those that are not compacted yet, as many as one can hold. */
function rowsToReplace(
  rows: readonly UpdateRow[],
  limits: { readonly rows: number; readonly bytes: number },
): readonly UpdateRow[] {
  const loose = rows.filter((row) => row.compacted === 0);
  if (loose.length <= limits.rows && bytesOf(loose) <= limits.bytes) return [];
  if (bytesOf(rows) <= LARGEST) return rows.length > 1 ? rows : [];
  const taken: UpdateRow[] = [];
  let bytes = 0;
  for (const row of loose) {
    bytes += row.update.byteLength;
    if (bytes > LARGEST) break;
    taken.push(row);
  }
  return taken.length > 1 ? taken : [];
}

/** @returns the version of the row that replaced them */
async function replace(
  client: PoolClient,
  name: DocumentName,
  rows: readonly UpdateRow[],
  merged: Uint8Array,
): Promise<string> {
  const made = await client.query<{ version: string }>(
    `insert into document_update (id, workspace_id, document_id, update, compacted)
     values (gen_random_uuid(), $1, $2, $3, $4) returning version`,
    [
      name.workspaceId,
      name.documentId,
      Buffer.from(merged),
      rows.reduce((sum, row) => sum + Math.max(1, row.compacted), 0),
    ],
  );
  const gone = await client.query('delete from document_update where id = any ($1)', [
    rows.map((row) => row.id),
  ]);
  if (gone.rowCount !== rows.length) throw new Error('updates went while they were merged');
  return made.rows[0]!.version;
}

function bytesOf(rows: readonly UpdateRow[]): number {
  return rows.reduce((sum, row) => sum + row.update.byteLength, 0);
}

function indicesOf(some: readonly UpdateRow[], rows: readonly UpdateRow[]): number[] {
  const chosen = new Set(some);
  return rows.flatMap((row, i) => (chosen.has(row) ? [i] : []));
}
