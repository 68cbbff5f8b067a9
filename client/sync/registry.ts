// Which databases of this browser are complete, and where each is, of all apps of this origin. A database of its own in
// IndexedDB, because the others come and go.

/** @returns what this person's database of the app is called */
export const storedName = ({ name }: { readonly name: string }, userId: string) => `${name}-${userId}`;

/** A file that holds all files (disk/); a folder of files as PGlite's OPFS-AHP keeps it, up to version 0.2; IndexedDB. */
export type Kind = 'disk' | 'opfs' | 'indexeddb';

export interface Registry {
  get(name: string): Promise<Kind | null>;
  /** Stored when it resolves. @param left where it was before: there it is to be removed */
  set(name: string, kind: Kind, left?: Kind): Promise<void>;
  /** Where it was before and may not have been removed. */
  left(name: string): Promise<Kind | null>;
  removedLeft(name: string): Promise<void>;
  delete(name: string): Promise<void>;
  /** Keeps what is to take the database's place; stored when it resolves. */
  stage(name: string, successor: Successor): Promise<void>;
  staged(name: string): Promise<Successor | null>;
  /** It has taken its place, or is not whole: it is dropped. */
  dropStaged(name: string): Promise<void>;
}

/** The image of a database (disk/image.ts) that is to take another's place, and the CRC-32 of its bytes. */
export interface Successor {
  readonly image: Blob;
  readonly checksum: number;
}

const registry = { name: 'sync', store: 'databases' };
const kinds: ReadonlySet<unknown> = new Set<Kind>(['disk', 'opfs', 'indexeddb']);
const leftOf = (name: string) => `${name} left`;
/** Besides the kind: a version before disks, in a tab that was not reloaded, overwrites a kind that it does not know. */
const diskOf = (name: string) => `${name} disk`;
const stagedOf = (name: string) => `${name} staged`;

export const browserRegistry: Registry = {
  async get(name) {
    const isDisk = await inStore('readonly', (store) => store.get(diskOf(name)));
    if (isDisk) return 'disk';
    return kindOf(await inStore('readonly', (store) => store.get(name)));
  },
  async set(name, kind, left) {
    await inStore('readwrite', (store) => {
      if (kind === 'disk') store.put(true, diskOf(name));
      if (left) store.put(left, leftOf(name));
      return store.put(kind, name);
    });
  },
  async left(name) {
    return kindOf(await inStore('readonly', (store) => store.get(leftOf(name))));
  },
  async removedLeft(name) {
    await inStore('readwrite', (store) => store.delete(leftOf(name)));
  },
  async delete(name) {
    await inStore('readwrite', (store) => {
      store.delete(diskOf(name));
      store.delete(leftOf(name));
      store.delete(stagedOf(name));
      return store.delete(name);
    });
  },
  async stage(name, successor) {
    await inStore('readwrite', (store) => store.put(successor, stagedOf(name)));
  },
  async staged(name) {
    return (
      ((await inStore('readonly', (store) => store.get(stagedOf(name)))) as Successor | undefined) ?? null
    );
  },
  async dropStaged(name) {
    await inStore('readwrite', (store) => store.delete(stagedOf(name)));
  },
};

const kindOf = (found: unknown): Kind | null => (kinds.has(found) ? (found as Kind) : null);

async function inStore<T>(
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open(registry.name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(registry.store);
  const db = await answered(opening);
  try {
    const transaction = db.transaction(registry.store, mode, { durability: 'strict' });
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await answered(run(transaction.objectStore(registry.store)));
    await done;
    return result;
  } finally {
    db.close();
  }
}

/** What a request of IndexedDB answers. */
export function answered<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
