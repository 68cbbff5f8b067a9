// Files of a workspace on this device: kept by the SHA-256 of their contents in the browser's cache storage, shown from
// there without a network, and sent when there is one. What names them is a row of table file.
import { FILE_BYTES, filePath } from '../../db/document/files';
import { derivedId } from '../../db/ids';
import { PERSON_HEADER } from '../../db/wire';
import { type Store, StoreError } from './store';

const CACHE = 'outpost-files';
/** Hashes that are asked for at once. */
const ASKED = 500;

export interface KeptFile {
  readonly id: string;
  readonly hash: string;
}

/**
 * Keeps a file on this device and makes its row; the bytes go to the server with the next sendFiles.
 * @throws StoreError 'constraint' when it is empty or too large, 'storage' when this browser cannot keep files
 */
export async function keepFile(store: Store, workspaceId: string, file: Blob & { readonly name?: string }) {
  if (file.size === 0) throw new StoreError('constraint', 'The file is empty.', 'file_size_range');
  if (file.size > FILE_BYTES) {
    throw new StoreError('constraint', 'A file may be 10 MB large at most.', 'file_size_range');
  }
  const bytes = await file.arrayBuffer();
  const digest = new Uint8Array(await secure(globalThis.crypto?.subtle).digest('SHA-256', bytes));
  const hash = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const type = /^[a-z]+\/[A-Za-z0-9.+-]{1,100}$/.test(file.type) ? file.type : 'application/octet-stream';
  const cache = await secure(globalThis.caches).open(CACHE);
  await cache.put(filePath(workspaceId, hash), new Response(bytes, { headers: { 'content-type': type } }));
  const id = derivedId(`${workspaceId}:${hash}`);
  await store.write(
    store.db
      .insertInto('file')
      .values({
        id,
        workspace_id: workspaceId,
        hash,
        type,
        size: file.size,
        name: (file.name ?? '').slice(0, 300),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  return { id, hash } satisfies KeptFile;
}

/**
 * The bytes of a file: from this device, else from the server, and then kept here.
 * @returns null when they are on neither, or there is no network to get them by
 */
export async function fileBytes(store: Store, workspaceId: string, hash: string): Promise<Blob | null> {
  const path = filePath(workspaceId, hash);
  const cache = await globalThis.caches?.open(CACHE);
  const kept = await cache?.match(path);
  if (kept) return await kept.blob();
  const response = await fetch(path, { headers: { [PERSON_HEADER]: store.userId } }).catch(() => null);
  if (!response?.ok) return null;
  await cache?.put(path, response.clone());
  return await response.blob();
}

/**
 * Sends the files that the server lacks and this device has.
 * @returns how many were sent
 * @throws TypeError without a network; it is tried again with the next call
 */
export async function sendFiles(store: Store, workspaceId: string): Promise<number> {
  const cache = await globalThis.caches?.open(CACHE);
  if (!cache) return 0;
  const named = await store.read(
    store.db.selectFrom('file').select('hash').where('workspace_id', '=', workspaceId).orderBy('created_at'),
  );
  const headers = { [PERSON_HEADER]: store.userId };
  let sent = 0;
  for (let i = 0; i < named.length; i += ASKED) {
    const hashes = named.slice(i, i + ASKED).map((row) => row.hash);
    const asked = await fetch('/api/files/missing', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ workspaceId, hashes }),
    });
    if (!asked.ok) return sent;
    for (const hash of ((await asked.json()) as { missing: string[] }).missing) {
      const path = filePath(workspaceId, hash);
      const kept = await cache.match(path);
      if (!kept) continue;
      const put = await fetch(path, { method: 'PUT', headers, body: await kept.blob() });
      if (put.ok) sent++;
    }
  }
  return sent;
}

/** Browsers have these only on https and on localhost. */
function secure<T>(part: T | undefined): T {
  if (part === undefined) {
    throw new StoreError('storage', 'Files can be kept only where Outpost is opened by https.');
  }
  return part;
}
