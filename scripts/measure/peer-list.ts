// Which libraries are measured beside PGlite, and what each of them promises: a number without that says little.
import { type Level, levels } from './ladder-levels';

export interface Peer {
  /** In lower-case letters; of a library it is the name of its page in peers/pages. */
  readonly key: string;
  readonly name: string;
  /** The package whose version is said; of peers/package.json, or of the repository where `level` is given. */
  readonly package: string;
  /** Of PGlite only. */
  readonly level?: Level;
  /** Where the database runs and what is in the page's memory. */
  readonly runs: string;
  /** When its promise of a write resolves. */
  readonly durable: string;
  readonly asks: string;
  /** What it can refuse by itself. */
  readonly constraints: string;
  readonly words: string;
}

const sql = 'SQL';
const postgres = {
  package: '@electric-sql/pglite',
  runs: 'worker',
  asks: 'SQL (Postgres)',
  constraints: 'all of Postgres',
  words: 'tsvector, ranked',
};

/** In the order of the tables. */
export const peers: readonly Peer[] = [
  {
    ...postgres,
    key: 'pglite-stock',
    name: 'PGlite, stock',
    level: levels[0]!,
    durable: 'IndexedDB’s transaction is complete',
  },
  {
    ...postgres,
    key: 'pglite-cheapest',
    name: 'PGlite, all steps of the ladder',
    level: levels.at(-1)!,
    durable: 'OPFS flushed; ordered for a loss of power',
  },
  {
    key: 'sqlite',
    name: 'SQLite WASM, OPFS SAH pool',
    package: '@sqlite.org/sqlite-wasm',
    runs: 'worker',
    durable: 'OPFS flushed (synchronous=full)',
    asks: sql,
    constraints: 'SQLite’s; no live queries: the list is run again after each write',
    words: 'FTS5, ranked',
  },
  {
    key: 'powersync',
    name: 'PowerSync web',
    package: '@powersync/web',
    runs: 'worker',
    durable: 'SQLite’s commit in its OPFS log; queued for its server too',
    asks: `${sql} on views over JSON`,
    constraints: 'none on its usual tables',
    words: 'FTS5, ranked',
  },
  {
    key: 'livestore',
    name: 'LiveStore',
    package: '@livestore/livestore',
    runs: 'page (all rows in memory), stored by a worker',
    durable: 'its worker has taken the event',
    asks: `${sql}, its own builder`,
    constraints: 'SQLite’s, in what events make',
    words: 'LIKE, stops at 50 hits',
  },
  {
    key: 'triplit',
    name: 'Triplit',
    package: '@triplit/client',
    runs: 'page (all rows in memory)',
    durable: 'IndexedDB’s transaction, relaxed',
    asks: 'its own builder; no indexes of columns',
    constraints: 'types',
    words: 'LIKE over all tasks',
  },
  {
    key: 'tinybase',
    name: 'TinyBase, IndexedDB',
    package: 'tinybase',
    runs: 'page (all rows in memory)',
    durable: 'the whole table is in IndexedDB again',
    asks: 'its own indexes and queries',
    constraints: 'types, where a schema is given',
    words: 'looks through all tasks, stops at 50 hits',
  },
  {
    key: 'dexie',
    name: 'Dexie',
    package: 'dexie',
    runs: 'page (IndexedDB outside of it)',
    durable: 'IndexedDB’s transaction, strict',
    asks: 'its own, by indexes',
    constraints: 'unique keys',
    words: 'index of words, not ranked',
  },
];
