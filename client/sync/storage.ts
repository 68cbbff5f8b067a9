// Where the device's database lives: OPFS where it works, IndexedDB else, memory as the last resort. A database
// that was once complete is opened where it is or not at all; another place would look like lost work.
import { IdbFs } from '@electric-sql/pglite';
import { type AppDatabase, type Database, openPGlite } from './database';
import { OpfsFiles } from './opfs';
import { serialized } from './serialized';

type Kind = 'opfs' | 'indexeddb';

/** Free files to keep ready: what one migration may make at once. Each costs a little time at every start. */
const SPARE_FILES = 120;

export interface StoredApp extends AppDatabase {
  /** What its databases are called in a browser, with the person's account behind: lower-case letters. It may never change. */
  readonly name: string;
}

/** @returns what this person's database of the app is called */
export const storedName = ({ name }: StoredApp, userId: string) => `${name}-${userId}`;

/**
 * Opens this person's database, or makes it.
 * @param prepared a dump of a migrated database, so that a first start need not run initdb
 * @throws what the storage throws, when the database exists and cannot be opened
 */
export async function openStorage(
  userId: string,
  app: StoredApp,
  prepared: () => Promise<Blob>,
): Promise<Database> {
  const name = storedName(app, userId);
  if (supported('opfs')) waitForHeldFiles();
  if (typeof indexedDB === 'object') {
    const known = await remembered(name);
    if (known) return await openAt(known, name, app, null);
    for (const kind of ['opfs', 'indexeddb'] as const) {
      if (!supported(kind)) continue;
      try {
        const database = (await adopt(kind, name, app)) ?? (await openAt(kind, name, app, await prepared()));
        await remember(name, kind);
        return database;
      } catch (error) {
        console.warn(`sync: no database in ${kind}:`, error);
      }
    }
  }
  const pg = await openPGlite({ loadDataDir: await prepared() }, app);
  return { pg, storage: 'memory', flush: async () => {}, remove: async () => {}, abandon: async () => {} };
}

/**
 * A database that is there and was not remembered: in use if a device identity was ever made in it, else what an
 * interrupted first start left behind, which is removed.
 */
async function adopt(kind: Kind, name: string, app: AppDatabase): Promise<Database | null> {
  if (!(await exists(kind, name))) return null;
  const database = await openAt(kind, name, app, null).catch(() => null);
  const used = await database?.pg.query('select from sync.client');
  if (database && used && used.rows.length > 0) return database;
  await database?.pg.close();
  await removeAt(kind, name);
  return null;
}

async function exists(kind: Kind, name: string): Promise<boolean> {
  if (kind === 'opfs') {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(name).then(
      () => true,
      () => false,
    );
  }
  const all = (await indexedDB.databases?.()) ?? [];
  return all.some((db) => db.name === `/pglite/${name}`);
}

function supported(kind: Kind): boolean {
  if (kind === 'indexeddb') return typeof indexedDB === 'object';
  return (
    typeof FileSystemFileHandle === 'function' && 'createSyncAccessHandle' in FileSystemFileHandle.prototype
  );
}

async function openAt(kind: Kind, name: string, app: AppDatabase, prepared: Blob | null): Promise<Database> {
  const load = prepared ? { loadDataDir: prepared } : {};
  const remove = async () => {
    await forget(name);
    await removeAt(kind, name);
  };
  if (kind === 'opfs') {
    const initialPoolSize = (prepared ? await tarEntries(prepared) : 0) + SPARE_FILES;
    const fs = new OpfsFiles(name, { initialPoolSize, maintainedPoolSize: SPARE_FILES });
    const pg = await openPGlite({ fs, ...load }, app, () => fs.syncToFs());
    // Each committed write is already flushed (relaxedDurability is off).
    return { pg, storage: 'opfs', flush: async () => {}, remove, abandon: () => letGo(fs) };
  }
  // Strict durability would flush after every query, reads too; so it is flushed by hand after each write.
  const fs = new IdbFs(name);
  const flush = serialized(() => fs.syncToFs());
  const pg = await openPGlite({ fs, relaxedDurability: true, ...load }, app, flush);
  const { IDBFS } = pg.Module as unknown as { IDBFS: { dbs: Record<string, IDBDatabase> } };
  const removeDatabase = async () => {
    await forget(name);
    // PGlite may write once more after it was closed, on a connection that it leaves open.
    await removeIndexedDb(name, () => {
      for (const connection of Object.values(IDBFS.dbs)) connection.close();
    });
  };
  return { pg, storage: 'indexeddb', flush, remove: removeDatabase, abandon: () => letGo(fs) };
}

/** Its files are closed; that the program of Postgres does not end well does not matter any more. */
async function letGo(fs: { closeFs(): Promise<void> }): Promise<void> {
  await fs.closeFs().catch(() => {});
}

/** @returns how many files and folders a tar file holds */
async function tarEntries(tar: Blob): Promise<number> {
  const bytes = new Uint8Array(await tar.arrayBuffer());
  let count = 0;
  for (let at = 0; at < bytes.length && bytes[at] !== 0; count++) {
    const size = Number.parseInt(new TextDecoder().decode(bytes.subarray(at + 124, at + 135)), 8);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return count;
}

/**
 * The files of a leader that was killed are free a moment after its lock is, and PGlite takes a file that is still held
 * for a missing one. So in this worker a file that is held is asked for again.
 */
function waitForHeldFiles(): void {
  const { prototype } = FileSystemFileHandle;
  const create = prototype.createSyncAccessHandle;
  prototype.createSyncAccessHandle = async function (this: FileSystemFileHandle) {
    for (const deadline = Date.now() + 15_000; ; ) {
      try {
        return await create.call(this);
      } catch (error) {
        const isHeld = error instanceof DOMException && error.name === 'NoModificationAllowedError';
        if (!isHeld || Date.now() > deadline) throw error;
        await new Promise((again) => setTimeout(again, 20));
      }
    }
  };
}

async function removeAt(kind: Kind, name: string): Promise<void> {
  if (kind === 'opfs') {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(name, { recursive: true }).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
    });
    return;
  }
  await removeIndexedDb(name, () => {});
}

/** @param release closes the connections that this worker has; called until the database is gone */
async function removeIndexedDb(name: string, release: () => void): Promise<void> {
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

// Which databases are complete, and where, of all apps of this origin. A database of its own, because the others come and go.
const registry = { name: 'sync', store: 'databases' };

async function withRegistry<T>(
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open(registry.name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(registry.store);
  const db = await request(opening);
  try {
    const transaction = db.transaction(registry.store, mode, { durability: 'strict' });
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await request(run(transaction.objectStore(registry.store)));
    await done;
    return result;
  } finally {
    db.close();
  }
}

async function remembered(name: string): Promise<Kind | null> {
  const found: unknown = await withRegistry('readonly', (store) => store.get(name));
  return found === 'opfs' || found === 'indexeddb' ? found : null;
}

async function remember(name: string, kind: Kind): Promise<void> {
  await withRegistry('readwrite', (store) => store.put(kind, name));
}

async function forget(name: string): Promise<void> {
  await withRegistry('readwrite', (store) => store.delete(name));
}

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
