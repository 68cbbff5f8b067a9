// Where the device's database lives: one file in OPFS where that works, IndexedDB else, memory as the last resort. A
// database that was once complete is opened where it is or not at all; another place would look like lost work. One
// that is where a version before kept it is moved into one file.
import { IdbFs, type PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { type AppDatabase, type Database, openPGlite } from './database';
import { checksum } from './disk/checksum';
import { Disk } from './disk/disk';
import { DiskFiles } from './disk/disk-files';
import { type Entry, entriesOf, entriesOfTar, fill, makeImage, tarOf, writeEntries } from './disk/image';
import { MemoryHandle } from './disk/memory-handle';
import { opfsFiles, readIndexedDb, readOpfs, removeIndexedDb, removeOpfs } from './old-files';
import { browserRegistry, type Kind, type Registry, storedName } from './registry';
import { serialized } from './serialized';
import { markStart } from './start-marks';

export interface StoredApp extends AppDatabase {
  /** What its databases are called in a browser, with the person's account behind: lower-case letters. It may never change. */
  readonly name: string;
}

/** The image of a migrated, empty database (disk/image.ts), so that a first start need not run initdb. */
export type Prepared = () => Promise<Blob | Response>;

/**
 * Opens this person's database, or makes it.
 * @param registry what is remembered of databases; null: nothing can be
 * @throws what the storage throws, when the database exists and cannot be opened
 */
export async function openStorage(
  userId: string,
  app: StoredApp,
  prepared: Prepared,
  registry: Registry | null = typeof indexedDB === 'object' ? browserRegistry : null,
): Promise<Database> {
  if (supported('disk')) waitForHeldFiles();
  if (!registry) return await openInMemory(storedName(app, userId), app, prepared);
  return await new Storage(storedName(app, userId), app, prepared, registry).open();
}

class Storage {
  constructor(
    private readonly name: string,
    private readonly app: AppDatabase,
    private readonly prepared: Prepared,
    private readonly registry: Registry,
  ) {}

  async open(): Promise<Database> {
    const [known, successor] = await Promise.all([this.registry.get(this.name), this.#successor()]);
    if (successor) return await this.#place(successor, known);
    if (known) return await this.#openKnown(known);
    for (const kind of ['disk', 'opfs', 'indexeddb'] as const) {
      if (!supported(kind)) continue;
      try {
        if (await this.#isUsed(kind)) {
          await this.registry.set(this.name, kind);
          return await this.#openKnown(kind);
        }
      } catch (error) {
        console.warn(`sync: nothing to go on with in ${kind}:`, error);
      }
    }
    for (const kind of ['disk', 'indexeddb'] as const) {
      if (!supported(kind)) continue;
      try {
        const database = await this.#openAt(kind, this.prepared);
        await this.registry.set(this.name, kind);
        return database;
      } catch (error) {
        console.warn(`sync: no database in ${kind}:`, error);
      }
    }
    return await openInMemory(this.name, this.app, this.prepared);
  }

  async #openKnown(kind: Kind): Promise<Database> {
    if (kind !== 'disk' && supported('disk')) {
      const moved = await this.#move(kind);
      if (moved) return moved;
    }
    const database = await this.#openAt(kind, null);
    if (kind === 'disk') await this.#removeLeft();
    return database;
  }

  /**
   * Moves the database into one file. Until the registry says so, the old one counts and is not changed; from then on the
   * new one does, which has been opened and is whole.
   * @returns null when it could not be moved: for lack of room, say
   */
  async #move(from: 'opfs' | 'indexeddb'): Promise<Database | null> {
    let database: Database | null = null;
    try {
      const handle = await handleOf(this.name, true);
      try {
        await fill(handle, new Blob([makeImage([])]).stream());
        const disk = Disk.open(handle);
        const write = (entries: Iterable<Entry>) => writeEntries(disk, entries);
        await (from === 'opfs' ? readOpfs(this.name, write) : readIndexedDb(this.name, write));
      } finally {
        handle.close();
      }
      database = await this.#openAt('disk', null);
      await this.registry.set(this.name, 'disk', from);
    } catch (error) {
      console.warn(`sync: the database stays in ${from}:`, error);
      await database?.pg.close().catch(() => {});
      await removeAt('disk', this.name).catch(() => {});
      return null;
    }
    await this.#removeLeft();
    return database;
  }

  /** @returns the image that is to take the database's place; null: none, or one that is not whole */
  async #successor(): Promise<Blob | null> {
    const staged = await this.registry.staged(this.name);
    if (!staged) return null;
    const { image } = staged;
    if (checksum(new Uint8Array(await image.arrayBuffer())) === staged.checksum) return image;
    console.warn('sync: what was to take the place of the database is not whole');
    await this.registry.dropStaged(this.name);
    return null;
  }

  /**
   * Has an image take the place of the database that was there. It stays kept until it has been opened in its place, so
   * a kill in between costs the time and nothing else.
   */
  async #place(image: Blob, known: Kind | null): Promise<Database> {
    const kind = supported('disk') ? 'disk' : 'indexeddb';
    if (kind === 'indexeddb') await removeAt(kind, this.name);
    const database = await this.#openAt(kind, async () => image);
    try {
      await this.registry.set(
        this.name,
        kind,
        known === 'disk' || known === kind ? undefined : (known ?? undefined),
      );
      await this.registry.dropStaged(this.name);
    } catch (error) {
      await database.pg.close().catch(() => {});
      throw error;
    }
    await this.#removeLeft();
    return database;
  }

  /** What could not be removed now is removed at the next start. */
  async #removeLeft(): Promise<void> {
    try {
      const left = await this.registry.left(this.name);
      if (!left || left === 'disk') return;
      await removeAt(left, this.name);
      await this.registry.removedLeft(this.name);
    } catch (error) {
      console.warn('sync: what the database was in is still there:', error);
    }
  }

  /**
   * Whether a database is there that was not remembered and is in use: a device identity was made in it. Another is what
   * an interrupted first start left behind, and is removed.
   */
  async #isUsed(kind: Kind): Promise<boolean> {
    if (!(await exists(kind, this.name))) return false;
    const database = await this.#openAt(kind, null).catch(() => null);
    const used = await database?.pg.query('select from sync.client');
    await database?.pg.close();
    if (used && used.rows.length > 0) return true;
    await removeAt(kind, this.name);
    return false;
  }

  /** @param prepared what a new one is made of; null: it is there */
  async #openAt(kind: Kind, prepared: Prepared | null): Promise<Database> {
    const { name, app, registry } = this;
    const place: Place = {
      name,
      app,
      forget: () => registry.delete(name),
      more: {
        name,
        beside: (image) => openInMemory(name, app, image ? async () => image : this.prepared),
        succeed: (image) => registry.stage(name, { image: new Blob([image]), checksum: checksum(image) }),
      },
    };
    if (kind === 'disk') return await openDisk(place, prepared);
    const load = prepared ? { loadDataDir: new Blob([tarOf(await entriesIn(prepared))] as BlobPart[]) } : {};
    return kind === 'opfs' ? await openOpfs(place) : await openIndexedDb(place, load);
  }
}

interface Place {
  readonly name: string;
  readonly app: AppDatabase;
  /** Nothing is remembered of it any more. */
  readonly forget: () => Promise<void>;
  /** What is the same wherever it is. */
  readonly more: Pick<Database, 'name' | 'beside' | 'succeed'>;
}

async function openDisk({ name, app, forget, more }: Place, prepared: Prepared | null): Promise<Database> {
  const fs = new DiskFiles(async () => {
    const handle = await handleOf(name, prepared !== null);
    try {
      if (prepared) {
        await fill(handle, streamOf(await prepared()));
        markStart('image');
      }
      return Disk.open(handle);
    } catch (error) {
      handle.close();
      throw error;
    }
  });
  const flush = () => fs.syncToFs();
  try {
    const pg = await openPGlite({ fs }, app, flush);
    const remove = async () => {
      await forget();
      await removeAt('disk', name);
    };
    return { ...more, ...ofDisk(fs, pg), pg, storage: 'opfs', flush, remove, abandon: () => letGo(fs) };
  } catch (error) {
    await letGo(fs);
    throw error;
  }
}

/** @returns the only hold of the file. @throws NotFoundError when it is not there and not to be made */
async function handleOf(name: string, create: boolean): Promise<FileSystemSyncAccessHandle> {
  const root = await navigator.storage.getDirectory();
  const file = await root.getFileHandle(fileOf(name), { create });
  return await file.createSyncAccessHandle();
}

const fileOf = (name: string) => `${name}.disk`;

async function openOpfs({ name, app, forget, more }: Place): Promise<Database> {
  const fs = opfsFiles(name);
  const flush = () => fs.syncToFs();
  const pg = await openPGlite({ fs }, app, flush);
  const remove = async () => {
    await forget();
    await removeOpfs(name);
  };
  return { ...more, ...ofDump(pg), pg, storage: 'opfs', flush, remove, abandon: () => letGo(fs) };
}

async function openIndexedDb({ name, app, forget, more }: Place, load: PGliteOptions): Promise<Database> {
  // Strict durability would flush after every query, reads too; so it is flushed by hand after each write.
  const fs = new IdbFs(name);
  const flush = serialized(() => fs.syncToFs());
  const pg = await openPGlite({ fs, relaxedDurability: true, ...load }, app, flush);
  const { IDBFS } = pg.Module as unknown as { IDBFS: { dbs: Record<string, IDBDatabase> } };
  const remove = async () => {
    await forget();
    // PGlite may write once more after it was closed, on a connection that it leaves open.
    await removeIndexedDb(name, () => {
      for (const connection of Object.values(IDBFS.dbs)) connection.close();
    });
  };
  return { ...more, ...ofDump(pg), pg, storage: 'indexeddb', flush, remove, abandon: () => letGo(fs) };
}

/** A database that is gone with this process. @param prepared what it begins as */
export async function openInMemory(name: string, app: AppDatabase, prepared: Prepared): Promise<Database> {
  const fs = new DiskFiles(() => diskInMemory(prepared));
  const pg = await openPGlite({ fs }, app);
  const beside = (image: Blob | null) => openInMemory(name, app, image ? async () => image : prepared);
  const nothing = async () => {};
  return {
    ...{ name, pg, storage: 'memory', beside, succeed: null },
    ...{ flush: nothing, remove: nothing, abandon: nothing },
    ...ofDisk(fs, pg),
  };
}

/** What a database on a disk says of its files. */
function ofDisk(fs: DiskFiles, pg: PGlite): Pick<Database, 'image' | 'usage'> {
  return {
    async image() {
      await pg.exec('checkpoint');
      return await pg.runExclusive(async () => {
        fs.disk.flush();
        return makeImage([...entriesOf(fs.disk)]);
      });
    },
    usage: () => fs.disk.usage,
  };
}

/** The same of one whose files PGlite itself keeps. */
export function ofDump(pg: PGlite): Pick<Database, 'image' | 'usage'> {
  return {
    async image() {
      await pg.exec('checkpoint');
      const dump = await pg.dumpDataDir('none');
      return makeImage(entriesOfTar(new Uint8Array(await dump.arrayBuffer())));
    },
    usage: () => null,
  };
}

async function diskInMemory(prepared: Prepared): Promise<Disk> {
  const handle = new MemoryHandle();
  await fill(handle, streamOf(await prepared()));
  return Disk.open(handle);
}

async function entriesIn(prepared: Prepared): Promise<Iterable<Entry>> {
  return entriesOf(await diskInMemory(prepared));
}

/** @throws TypeError when there is nothing in it */
function streamOf(image: Blob | Response): ReadableStream<Uint8Array> {
  const stream = image instanceof Blob ? image.stream() : image.body;
  if (!stream) throw new TypeError('the prepared database is empty');
  return stream;
}

/** Its files are closed; that the program of Postgres does not end well does not matter any more. */
async function letGo(fs: { closeFs(): Promise<void> }): Promise<void> {
  await fs.closeFs().catch(() => {});
}

async function exists(kind: Kind, name: string): Promise<boolean> {
  if (kind === 'indexeddb') {
    const all = (await indexedDB.databases?.()) ?? [];
    return all.some((db) => db.name === `/pglite/${name}`);
  }
  const root = await navigator.storage.getDirectory();
  const asked: Promise<unknown> =
    kind === 'disk' ? root.getFileHandle(fileOf(name)) : root.getDirectoryHandle(name);
  return await asked.then(
    () => true,
    () => false,
  );
}

function supported(kind: Kind): boolean {
  if (kind === 'indexeddb') return typeof indexedDB === 'object';
  return (
    typeof FileSystemFileHandle === 'function' && 'createSyncAccessHandle' in FileSystemFileHandle.prototype
  );
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

/** Does nothing when it is not there. */
async function removeAt(kind: Kind, name: string): Promise<void> {
  if (kind === 'opfs') await removeOpfs(name);
  else if (kind === 'indexeddb') await removeIndexedDb(name, () => {});
  else await removeOpfs(fileOf(name));
}
