// What is purged of files (docs/purge.md): bytes that no row names.
import type { PoolClient } from 'pg';
import { daysAgo, type PurgeRule } from '../sync/purge';

/** Days that things are kept. */
export const keptByFile = {
  /** Bytes of a file whose row has not come: it may be on its way from a device without a network. */
  orphan: 7,
} as const;

/** Files of one batch: up to 10 MB each. */
const batchFiles = 20;

export const filePurge: readonly PurgeRule[] = [{ table: 'sync.file_bytes', run: orphans }];

/**
 * Bytes without a row. A row that comes at this moment waits until the batch is over and then finds none (sync.note_stored):
 * the device that has them is asked for them again.
 */
async function orphans(client: PoolClient): Promise<number> {
  const without = `not exists (select from file f where f.workspace_id = b.workspace_id and f.hash = b.hash)`;
  const found = await client.query<{ workspace_id: string; hash: string }>(
    `select workspace_id, hash from sync.file_bytes b
      where at < ${daysAgo(keptByFile.orphan)} and ${without} limit ${batchFiles} for update skip locked`,
  );
  if (found.rows.length === 0) return 0;
  // Looked at again with the locks: a row may have come between.
  const gone = await client.query(
    `delete from sync.file_bytes b using unnest($1::uuid[], $2::text[]) as x (workspace_id, hash)
      where b.workspace_id = x.workspace_id and b.hash = x.hash and ${without}`,
    [found.rows.map((row) => row.workspace_id), found.rows.map((row) => row.hash)],
  );
  return gone.rowCount ?? 0;
}
