// One document's turn: its text for search, and compaction. D2: what is deleted is exactly what was read and merged,
// under a lock that only compaction takes; rows that writers add meanwhile are not among them.
import type { Pool, PoolClient } from 'pg';
import { textOfUpdates } from '../../db/document/text';
import { inTransaction } from '../membership';
import type { DocumentName } from './keeper';
import { mergedUpdate } from './merge';

/** Updates that are not compacted yet: above either, the document is compacted. */
const most = { rows: 100, bytes: 256_000 } as const;
/** What one row may hold, with some room (document_update_length). */
const LARGEST = 7_000_000;

interface UpdateRow {
  readonly id: string;
  readonly update: Uint8Array;
  readonly compacted: number;
  readonly version: string;
}

/** @returns how many rows were replaced by one; 0: there were few. */
export async function tendDocument(
  pool: Pool,
  { workspaceId, documentId }: DocumentName,
  limits: { readonly rows: number; readonly bytes: number } = most,
): Promise<number> {
  return await inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 7))', [
      `${workspaceId}/${documentId}`,
    ]);
    const { rows } = await client.query<UpdateRow>(
      `select id, update, compacted, version from document_update
        where workspace_id = $1 and document_id = $2 order by version`,
      [workspaceId, documentId],
    );
    if (rows.length === 0) return 0;
    const replaced = rowsToReplace(rows, limits);
    const compacted =
      replaced.length > 0 ? await compact(client, { workspaceId, documentId }, replaced) : null;
    await client.query(
      `insert into sync.document_text (workspace_id, document_id, version, body) values ($1, $2, $3, $4)
       on conflict (workspace_id, document_id) do update set version = excluded.version, body = excluded.body`,
      [
        workspaceId,
        documentId,
        compacted ?? rows.at(-1)!.version,
        textOfUpdates(rows.map((row) => row.update)),
      ],
    );
    return compacted === null ? 0 : replaced.length;
  });
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

/** @returns the version of the row that replaced them; null: nothing was gained. */
async function compact(
  client: PoolClient,
  name: DocumentName,
  rows: readonly UpdateRow[],
): Promise<string | null> {
  const merged = await mergedUpdate(rows.map((row) => row.update));
  if (merged.byteLength > LARGEST) return null;
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
