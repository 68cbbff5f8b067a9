// Files of a workspace as the interface uses them: kept on this device by the SHA-256 of their contents, shown from
// there without a network. What names them is a row of table file; file-sync.ts carries the bytes.
import { FILE_BYTES, filePath } from '../../db/file/file';
import { derivedId } from '../../db/sync/ids';
import { PERSON_HEADER } from '../../db/sync/wire';
import { type Store, StoreError } from '../sync/store';
import { browserFiles, type DeviceFiles } from './device-files';

export type NamedBlob = Blob & { readonly name?: string };

/**
 * Keeps files on this device and makes their rows, in one local transaction; the bytes are sent in the background.
 * @returns their hashes, in order
 * @throws StoreError 'constraint' when one is empty or too large, 'storage' when this browser cannot keep them;
 *   then no row was made
 */
export async function keepFiles(
  store: Store,
  workspaceId: string,
  blobs: readonly NamedBlob[],
  files: DeviceFiles = deviceFiles(store),
): Promise<string[]> {
  for (const { size } of blobs) {
    if (size === 0) throw new StoreError('constraint', 'The file is empty.', 'file_size_range');
    if (size > FILE_BYTES) {
      throw new StoreError('constraint', 'A file may be 10 MB large at most.', 'file_size_range');
    }
  }
  const rows: { hash: string; type: string; size: number; name: string }[] = [];
  for (const blob of blobs) {
    const { hash, type } = { hash: await hashOf(blob), type: typeOf(blob) };
    // The bytes first: a row says that they are somewhere.
    await files.keep(filePath(workspaceId, hash), new Blob([blob], { type })).catch(() => {
      throw new StoreError(
        'storage',
        'This file could not be stored: this device’s storage is full. Free some space and try again.',
      );
    });
    rows.push({ hash, type, size: blob.size, name: (blob.name ?? '').slice(0, 300) });
  }
  if (rows.length === 0) return [];
  const values = rows.map((row) => ({
    id: derivedId(`${workspaceId}:${row.hash}`),
    workspace_id: workspaceId,
    ...row,
  }));
  const { n } = await store.write(
    store.db
      .insertInto('file')
      .values(values)
      .onConflict((conflict) => conflict.doNothing()),
  );
  // A row that was there already wakes nobody.
  if (n === null) store.wake();
  return rows.map(({ hash }) => hash);
}

/** @returns the SHA-256 of the contents, 64 hexadecimal digits. @throws StoreError 'storage' where a browser cannot */
export async function hashOf(blob: Blob): Promise<string> {
  const { subtle } = (globalThis.crypto ?? {}) as { subtle?: SubtleCrypto };
  if (!subtle) throw insecure();
  const digest = new Uint8Array(await subtle.digest('SHA-256', await blob.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes of a file on this device; null when they are not here. */
export async function keptBytes(store: Store, workspaceId: string, hash: string): Promise<Blob | null> {
  return (await browserFiles(store.userId)?.get(filePath(workspaceId, hash))) ?? null;
}

/**
 * The bytes of a file: from this device, else from the server, and then kept here.
 * @returns null when they are on neither, or there is no network to get them by
 */
export async function fileBytes(
  store: Store,
  workspaceId: string,
  hash: string,
): Promise<{ readonly bytes: Blob; readonly from: 'device' | 'server' } | null> {
  const kept = await keptBytes(store, workspaceId, hash);
  if (kept) return { bytes: kept, from: 'device' };
  const path = filePath(workspaceId, hash);
  const response = await fetch(path, { headers: { [PERSON_HEADER]: store.userId } }).catch(() => null);
  if (!response?.ok) return null;
  const bytes = await response.blob().catch(() => null);
  // A page that answered in its place is no file.
  if (!bytes || (await hashOf(bytes)) !== hash) return null;
  // Without room for a copy it is shown all the same.
  await browserFiles(store.userId)
    ?.copy(path, bytes)
    .catch(() => {});
  return { bytes, from: 'server' };
}

function deviceFiles(store: Store): DeviceFiles {
  const files = browserFiles(store.userId);
  if (!files) throw insecure();
  return files;
}

const typeOf = ({ type }: Blob) =>
  /^[a-z]+\/[A-Za-z0-9.+-]{1,100}$/.test(type) ? type : 'application/octet-stream';

/** Browsers have what it needs only on https and on localhost. */
function insecure(): StoreError {
  return new StoreError('storage', 'Files can be kept only where Outpost is opened by https.');
}
