// The files of databases that are not in one file: read as they are, without Postgres, to be moved into one.
import type { Entry } from './disk/image';
import { OpfsFiles } from './opfs';
import { answered } from './registry';

/** Free files to keep ready: what one migration may make at once. Each costs a little time at every start. */
const SPARE_FILES = 120;

export function opfsFiles(name: string): OpfsFiles {
  return new OpfsFiles(name, { initialPoolSize: SPARE_FILES, maintainedPoolSize: SPARE_FILES });
}

/**
 * @param each is given the files and folders, parents first
 * @throws when there is no database, or not all of it can be read
 */
export async function readOpfs(name: string, each: (entries: Iterable<Entry>) => void): Promise<void> {
  const fs = opfsFiles(name);
  // All that it asks of a PGlite without a Postgres.
  const noPostgres = { Module: { FS: { quit() {} } } } as never;
  await fs.init(noPostgres, {});
  try {
    each(complete([...walk(fs, '')]));
  } finally {
    await fs.closeFs();
  }
}

function* walk(fs: OpfsFiles, folder: string): Iterable<Entry> {
  for (const name of fs.readdir(folder)) {
    const path = `${folder}/${name}`;
    const { mode, size } = fs.lstat(path);
    if ((mode & 0o170000) === 0o040000) {
      yield { path, mode: mode & 0o777, data: null };
      yield* walk(fs, path);
      continue;
    }
    const data = new Uint8Array(size);
    const file = fs.open(path);
    const read = size === 0 ? 0 : fs.read(file, data, 0, size, 0);
    fs.close(file);
    if (read !== size) throw new Error(`${path} could not be read whole`);
    yield { path, mode: mode & 0o777, data };
  }
}

/** As emscripten's IDBFS stores a file. */
interface Stored {
  readonly mode: number;
  readonly contents?: Uint8Array;
}

/** @throws when there is no database */
export async function readIndexedDb(name: string, each: (entries: Iterable<Entry>) => void): Promise<void> {
  const opening = indexedDB.open(`/pglite/${name}`);
  // It was not there.
  opening.onupgradeneeded = () => opening.transaction?.abort();
  const db = await answered(opening);
  try {
    const store = db.transaction('FILE_DATA', 'readonly').objectStore('FILE_DATA');
    const [keys, values] = await Promise.all([
      answered(store.getAllKeys()) as Promise<string[]>,
      answered(store.getAll()) as Promise<Stored[]>,
    ]);
    const version = keys.filter((key) => key.endsWith('/PG_VERSION')).sort((a, b) => a.length - b.length)[0];
    const root = version?.slice(0, -'/PG_VERSION'.length);
    const entries = keys.flatMap((key, i): Entry[] => {
      if (root === undefined || !key.startsWith(`${root}/`)) return [];
      const { mode, contents } = values[i]!;
      const isFolder = (mode & 0o170000) === 0o040000;
      const data = isFolder ? null : (contents ?? new Uint8Array(0));
      return [{ path: key.slice(root.length), mode: mode & 0o777, data }];
    });
    each(complete(entries.sort((a, b) => (a.path < b.path ? -1 : 1))));
  } finally {
    db.close();
  }
}

/** @throws when it is no Postgres's folder */
function complete(entries: Entry[]): Entry[] {
  const paths = new Set(entries.map(({ path }) => path));
  for (const path of ['/PG_VERSION', '/global/pg_control', '/pg_wal', '/base']) {
    if (!paths.has(path)) throw new Error(`no database: ${path} is missing`);
  }
  return entries;
}

/** Does nothing when it is not there. */
export async function removeOpfs(name: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(name, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
  });
}

/** @param release closes the connections that this worker has; called until the database is gone */
export async function removeIndexedDb(name: string, release: () => void): Promise<void> {
  const deleting = indexedDB.deleteDatabase(`/pglite/${name}`);
  const again = setInterval(release, 50);
  const giveUp = AbortSignal.timeout(10_000);
  try {
    await new Promise<void>((resolve, reject) => {
      deleting.onsuccess = () => resolve();
      deleting.onerror = () => reject(deleting.error);
      giveUp.onabort = () => reject(new Error('another tab holds the database'));
      release();
    });
  } finally {
    clearInterval(again);
  }
}
