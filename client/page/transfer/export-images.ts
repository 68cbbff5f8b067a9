// The images of exported pages as files: their names, and their bytes as far as this device can get them.
import { fileBytes } from '../../file';
import type { Store } from '../../sync/store';
import type { ArchiveFile } from './archive-messages';
import { fileName } from './export-pages';

export interface FileRow {
  readonly hash: string;
  readonly name: string;
  readonly type: string;
}

const endings: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
};

/** A path for each file, by its hash; the same rows in the same order get the same paths. */
export function filePaths(rows: readonly FileRow[], folder: string): Map<string, string> {
  const taken = new Set<string>();
  const paths = new Map<string, string>();
  for (const { hash, name, type } of rows) {
    const named = name.replace(/\.\w+$/, '');
    const stem = named ? fileName(named) : `image-${hash.slice(0, 8)}`;
    const ending = endings[type] ?? 'bin';
    let path = `${stem}.${ending}`;
    for (let n = 2; taken.has(path); n++) path = `${stem}-${n}.${ending}`;
    taken.add(path);
    paths.set(hash, folder + path);
  }
  return paths;
}

/** @throws StoreError */
export async function fileRows(store: Store, workspaceId: string): Promise<FileRow[]> {
  return await store.read(
    store.db
      .selectFrom('file')
      .select(['hash', 'name', 'type'])
      .where('workspace_id', '=', workspaceId)
      .orderBy('created_at')
      .orderBy('id'),
  );
}

/**
 * Puts the bytes of files into an archive: from this device, or from the server where there is a network.
 * @returns paths of those that could not be had
 */
export async function addFiles(
  archive: ArchiveFile[],
  store: Store,
  workspaceId: string,
  paths: ReadonlyMap<string, string>,
  wanted: Iterable<string>,
): Promise<string[]> {
  const missing: string[] = [];
  for (const hash of wanted) {
    const path = paths.get(hash);
    if (path === undefined) continue;
    const got = await fileBytes(store, workspaceId, hash);
    // Images do not get smaller.
    if (got) archive.push({ path, bytes: new Uint8Array(await got.bytes.arrayBuffer()), packed: true });
    else missing.push(path);
  }
  return missing;
}
