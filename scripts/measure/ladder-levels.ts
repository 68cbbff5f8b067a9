// The steps by which PGlite becomes cheaper, each on top of the one before; what each page of the ladder is built of. The same
// page, table and questions at every step: peers/pages/pglite.ts.

export interface Level {
  /** In lower-case letters, for the address of its page. */
  readonly key: string;
  readonly name: string;
  /** Where its files are: IndexedDB, PGlite's pool of OPFS files, or one file of OPFS (client/sync/disk). */
  readonly files: 'indexeddb' | 'opfs' | 'disk';
  /** Settings of Postgres for one connection (levelSettings). */
  readonly tuned: boolean;
  /** What a first start begins with: initdb, a prepared data folder, or one with slim catalogs. */
  readonly prepared: 'initdb' | 'whole' | 'slim';
  /** pglite.data with only the files that a running database reads. */
  readonly slimPackage: boolean;
  /** Only those of the module's exports that are asked for, in the module and in its script. */
  readonly fewExports: boolean;
  /** 32 MiB of memory to start with instead of 128. */
  readonly smallMemory: boolean;
  /** What it takes away, or costs elsewhere. */
  readonly price: string;
}

/** For a database with one connection: 8 MB of buffers instead of 128, and no room for a hundred others. */
export const levelSettings: readonly string[] = [
  ...['shared_buffers=8MB', 'min_wal_size=2MB', 'max_wal_size=16MB'],
  ...['max_connections=4', 'max_locks_per_transaction=256', 'max_wal_senders=0', 'max_replication_slots=0'],
  ...['autovacuum_worker_slots=1', 'autovacuum_max_workers=1'],
];

/** MiB; more by growing. */
export const smallMemoryMiB = 32;

const stock: Level = {
  key: 'stock',
  name: 'stock, IndexedDB',
  files: 'indexeddb',
  tuned: false,
  prepared: 'initdb',
  slimPackage: false,
  fewExports: false,
  smallMemory: false,
  price: 'All files are held in memory, and every query waits for IndexedDB.',
};
const opfs: Level = {
  ...stock,
  key: 'opfs',
  name: 'stock, OPFS pool',
  files: 'opfs',
  price:
    'Browsers with OPFS access handles only; about a thousand open files; data files are never flushed, so a loss of ' +
    'power may leave pages behind the log.',
};
const tuned: Level = {
  ...opfs,
  key: 'tuned',
  name: '+ settings for one connection',
  tuned: true,
  price: 'A log in segments of 1 MB; large sorts and scans find fewer pages in the buffers.',
};
const prepared: Level = {
  ...tuned,
  key: 'prepared',
  name: '+ prepared database, no initdb',
  prepared: 'whole',
  price: 'A build step that makes the database; all devices begin with the same system identifier.',
};
const slim: Level = {
  ...prepared,
  key: 'slim',
  name: '+ slim catalogs',
  prepared: 'slim',
  price:
    'No standard views (pg_catalog’s and information_schema), comments, conversions or foreign collations; the views ' +
    'can be made again when somebody asks.',
};
const packed: Level = {
  ...slim,
  key: 'packed',
  name: '+ only the files that are read',
  slimPackage: true,
  price:
    'No stemming dictionaries, other encodings or ICU collations; PGlite’s script is rewritten at build time and has to ' +
    'be checked at each new version.',
};
const exported: Level = {
  ...packed,
  key: 'exported',
  name: '+ only the exports that are asked for',
  fewExports: true,
  price: 'Extensions must be known at build time.',
};
const disk: Level = {
  ...exported,
  key: 'disk',
  name: '+ one file for everything',
  files: 'disk',
  price: 'A file system of one’s own to maintain (docs/disk.md); checkpoints flush the data files too.',
};
const memory: Level = {
  ...disk,
  key: 'memory',
  name: '+ 32 MiB of memory to start with',
  smallMemory: true,
  price: 'One number in the module and in its script is replaced at build time; memory grows when it must.',
};

/** In their order. */
export const levels: readonly Level[] = [stock, opfs, tuned, prepared, slim, packed, exported, disk, memory];
