// The store in a Node process: the same engine on a PGlite in memory or in a folder. For imports and tests.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import type { MigrationFile } from '../../db/sync/migrate';
import type { DeviceFiles } from '../file/device-files';
import { DocumentWords } from '../page/store/document-words';
import { startWordsThread } from '../page/store/words-thread-node';
import { type Database, openPGlite } from './database';
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
  readonly files?: DeviceFiles;
  readonly foldEvery?: number;
  /** What is to be done until a write is stored; absent: nothing. */
  readonly flush?: () => Promise<void>;
  /** ms that putting one body together may take. */
  readonly wordsLimit?: number;
}

/** The migrations as files of the repository. */
export function migrationFiles(): MigrationFile[] {
  const folder = new URL('../../migrations/', import.meta.url);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(new URL(name, folder), 'utf8') }));
}

/** @throws MigrationError */
export async function openNodeEngineWithDatabase(
  options: NodeStoreOptions,
): Promise<{ engine: Engine; pg: PGlite }> {
  const isNew = !options.dataDir || !existsSync(join(options.dataDir, 'PG_VERSION'));
  const pg = await openPGlite(
    {
      ...(options.dataDir ? { dataDir: options.dataDir } : {}),
      ...(options.prepared && isNew ? { loadDataDir: options.prepared } : {}),
    },
    migrationFiles(),
  );
  const words = new DocumentWords(startWordsThread, options.wordsLimit);
  const database: Database = {
    pg,
    storage: 'memory',
    flush: options.flush ?? (async () => {}),
    remove: async () => {},
    abandon: async () => {},
  };
  return { engine: await Engine.open({ ...options, database, words }), pg };
}

/** @throws MigrationError */
export async function openNodeEngine(options: NodeStoreOptions): Promise<Engine> {
  return (await openNodeEngineWithDatabase(options)).engine;
}

export async function openNodeStore(options: NodeStoreOptions): Promise<Store> {
  return createStore(options.userId, await openNodeEngine(options));
}
