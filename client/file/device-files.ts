// Where a device keeps the bytes of files: by their address (db/file/file.ts), what the server may lack apart from
// copies of what it has. The tabs and the worker of a person use the same ones; each person of a browser has their own.

/** Copies that are fetched ahead, for reading without a network, take this many bytes at most. */
export const AHEAD_BYTES = 200_000_000;

export interface DeviceFiles {
  /** @returns null when they are not on this device */
  get(path: string): Promise<Blob | null>;
  /** Keeps bytes that the server may lack. @throws what the storage throws */
  keep(path: string, bytes: Blob): Promise<void>;
  /** Keeps a copy of bytes that the server has. @throws what the storage throws */
  copy(path: string, bytes: Blob): Promise<void>;
  /** The server has them now. */
  sent(path: string): Promise<void>;
  /** Addresses of what the server may lack. */
  unsent(): Promise<string[]>;
  copies(): Promise<string[]>;
  /** Removes a copy; what was not sent stays. */
  drop(path: string): Promise<void>;
  /** Removes what was not sent, for good. */
  discard(path: string): Promise<void>;
  /** Removes everything. */
  clear(): Promise<void>;
  /** How many bytes may be fetched ahead now. */
  room(): Promise<number>;
}

const ofCopies = (userId: string) => `outpost-files-${userId}`;
const ofUnsent = (userId: string) => `outpost-unsent-${userId}`;

/** @returns null where the browser keeps no files: it does on https and on localhost only */
export function browserFiles(userId: string): DeviceFiles | null {
  const storage = globalThis.caches as CacheStorage | undefined;
  if (!storage) return null;
  // Opened each time: another tab may have removed them.
  const copies = () => storage.open(ofCopies(userId));
  const unsent = () => storage.open(ofUnsent(userId));
  const response = (bytes: Blob) => new Response(bytes, { headers: { 'content-type': bytes.type } });
  const paths = async (cache: Cache) => (await cache.keys()).map(({ url }) => new URL(url).pathname);
  return {
    async get(path) {
      const found = (await (await unsent()).match(path)) ?? (await (await copies()).match(path));
      return found ? await found.blob() : null;
    },
    keep: async (path, bytes) => (await unsent()).put(path, response(bytes)),
    copy: async (path, bytes) => (await copies()).put(path, response(bytes)),
    async sent(path) {
      const cache = await unsent();
      const kept = await cache.match(path);
      if (!kept) return;
      await (await copies()).put(path, kept);
      await cache.delete(path);
    },
    unsent: async () => paths(await unsent()),
    copies: async () => paths(await copies()),
    drop: async (path) => void (await (await copies()).delete(path)),
    discard: async (path) => void (await (await unsent()).delete(path)),
    async clear() {
      await Promise.all([storage.delete(ofCopies(userId)), storage.delete(ofUnsent(userId))]);
    },
    async room() {
      const { connection } = navigator as { connection?: { saveData?: boolean } };
      if (connection?.saveData) return 0;
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      // The database must go on finding room.
      return Math.max(0, Math.min(AHEAD_BYTES, (quota - usage) / 4));
    },
  };
}

/** Files in memory, for a store in Node. */
export function memoryFiles(): DeviceFiles {
  const copies = new Map<string, Blob>();
  const unsent = new Map<string, Blob>();
  return {
    get: async (path) => unsent.get(path) ?? copies.get(path) ?? null,
    keep: async (path, bytes) => void unsent.set(path, bytes),
    copy: async (path, bytes) => void copies.set(path, bytes),
    async sent(path) {
      const kept = unsent.get(path);
      if (kept) copies.set(path, kept);
      unsent.delete(path);
    },
    unsent: async () => [...unsent.keys()],
    copies: async () => [...copies.keys()],
    drop: async (path) => void copies.delete(path),
    discard: async (path) => void unsent.delete(path),
    async clear() {
      copies.clear();
      unsent.clear();
    },
    room: async () => AHEAD_BYTES,
  };
}
