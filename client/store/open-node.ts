// The store in a Node process: the same engine on a PGlite in memory or in a folder. For imports and tests.
import { readdirSync, readFileSync } from 'node:fs';
import type { MigrationFile } from '../../db/migrate';
import { openPGlite } from './database';
import { Engine } from './engine';
import { createStore } from './facade';
import type { LinkOptions } from './link';
import type { Store } from './store';

export interface NodeStoreOptions extends LinkOptions {
  readonly userId: string;
  /** A folder to keep the database in; absent: in memory. */
  readonly dataDir?: string;
  /** A dump of a migrated database to start from (quicker than running the migrations). */
  readonly prepared?: Blob;
  readonly sync?: boolean;
}

/** The migrations as files of the repository. */
export function migrationFiles(): MigrationFile[] {
  const folder = new URL('../../migrations/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(new URL(name, folder), 'utf8') }));
}

/** @throws MigrationError */
export async function openNodeEngine(options: NodeStoreOptions): Promise<Engine> {
  const pg = await openPGlite(
    {
      ...(options.dataDir ? { dataDir: options.dataDir } : {}),
      ...(options.prepared ? { loadDataDir: options.prepared } : {}),
    },
    migrationFiles(),
  );
  return await Engine.open({
    ...options,
    database: { pg, storage: 'memory', flush: async () => {}, remove: async () => {} },
  });
}

export async function openNodeStore(options: NodeStoreOptions): Promise<Store> {
  return createStore(options.userId, await openNodeEngine(options));
}
