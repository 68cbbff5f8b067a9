// The device's Postgres: options, value formats, migrations. Where its files live is for the caller (storage.ts).
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { type MigrationFile, migrate } from '../../db/sync/migrate';
import type { Schema } from '../../db/sync/schema';
import { markStart } from './start-marks';
import { DatabaseStopped, guardStop } from './stopped';
import type { Status } from './store';

/** What a device's database is made of: the files of migrations/, and the tables as the machinery in there is told of them. */
export interface AppDatabase {
  readonly schema: Schema;
  readonly migrations: readonly MigrationFile[];
  /** PGlite's own parts; absent: PGlite reads them from its package. Called each time that a database is opened. */
  engine?(): Promise<EngineParts>;
}

/** What PGlite is handed instead of reading it itself. */
export type EngineParts = Pick<
  PGliteOptions,
  'pgliteWasmModule' | 'initdbWasmModule' | 'fsBundle' | 'initialMemory'
>;

/** A migrated database that is in this process's hands alone. */
export interface Database {
  readonly pg: PGlite;
  readonly storage: NonNullable<Status['storage']>;
  /** Resolves when everything that was committed is on the device's storage. */
  flush(): Promise<void>;
  /** Deletes its files; it must be closed. */
  remove(): Promise<void>;
  /** Lets its files go without asking Postgres, which has stopped: they can be opened anew. */
  abandon(): Promise<void>;
  /** What it is called: of which app and whose it is. */
  readonly name: string;
  /** All its files, as they are between two commits, as an image (disk/image.ts). */
  image(): Promise<Uint8Array<ArrayBuffer>>;
  /** Bytes of the file that all files are in, and how many of them are free; null: its files are kept in another way. */
  usage(): { readonly size: number; readonly free: number } | null;
  /** Opens another database in memory, beside this one: of an image, or (null) a new one. @throws as openPGlite() */
  beside(image: Blob | null): Promise<Database>;
  /** Keeps an image that takes this database's place at its next opening; kept when it resolves. null: nothing is kept here. */
  readonly succeed: ((image: Uint8Array<ArrayBuffer>) => Promise<void>) | null;
}

/** The version of PGlite that is shipped. */
export const PGLITE_VERSION = '0.5.16';

/** Whether the device had no room: what Postgres says of its files, or the browser of its storage. */
export function isFull(error: unknown): boolean {
  if (error instanceof DatabaseStopped) return isFull(error.cause);
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return code === '53100' || code === 'ENOSPC' || name === 'QuotaExceededError';
}

/** Postgres text to ISO 8601: 2026-11-23 08:00:00.5+00 to 2026-11-23T08:00:00.5Z. */
function isoTime(text: string): string {
  return text.replace(' ', 'T').replace(/\+00(:00)?$/, 'Z');
}

/** Values as db/schema.ts types them: int8 as text, times in ISO 8601, dates as YYYY-MM-DD. */
export const parsers = {
  20: (text: string) => text,
  1082: (text: string) => text,
  1114: isoTime,
  1184: isoTime,
  1700: (text: string) => text,
} as const;

/** A bytea is given as bytes by the app, and as Postgres text ('\\x…') by the read path; it is read as bytes. */
const bytea = 17;
export const serializers = {
  [bytea]: (value: unknown) => (value instanceof Uint8Array ? `\\x${hexOf(value)}` : String(value)),
} as const;

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += digits[byte];
  return text;
}

/** With the default of 128 MB for shared_buffers the heap starts near 189 MiB; see docs/measurements.md. */
const settings = [
  ...['shared_buffers=8MB', 'min_wal_size=2MB', 'max_wal_size=16MB', 'timezone=UTC'],
  // One connection and nobody who replicates: 4 MiB that are laid out for a hundred. Room for 3,000 locks.
  ...['max_connections=4', 'max_locks_per_transaction=256', 'max_wal_senders=0', 'max_replication_slots=0'],
  ...['autovacuum_worker_slots=1', 'autovacuum_max_workers=1'],
];
/** A log in segments of 1 MB keeps a database a third of the size; `max_wal_size` above needs it. */
const initDbStartParams = ['--wal-segsize=1'];
/** What the migrations ask for by `create extension`. */
export const extensions = { btree_gist };
export const startParams = [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])];

/** A device's Postgres as it is, without a look at its tables. @throws what PGlite throws */
export function startPGlite(options: PGliteOptions): Promise<PGlite> {
  return PGlite.create({ initDbStartParams, ...options, parsers, serializers, startParams, extensions });
}

/**
 * Opens (or makes) a database and brings it to the newest migration in place, offline if need be (S4).
 * @throws MigrationError, or what PGlite throws
 */
export async function openPGlite(
  options: PGliteOptions,
  { schema, migrations, engine }: AppDatabase,
  flush: () => Promise<void> = async () => {},
): Promise<PGlite> {
  const pg = await startPGlite({ ...(await engine?.()), ...options });
  guardStop(pg);
  markStart('postgres');
  try {
    await migrate(pg, migrations, 'client', schema.machinery);
    await flush();
    markStart('migrations');
    return pg;
  } catch (error) {
    // One that has stopped cannot be closed.
    await pg.close().catch(() => {});
    throw error;
  }
}
