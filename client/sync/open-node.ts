// The store in a Node process: the same engine on a PGlite in memory or in a folder. For imports and tests.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import type { MigrationFile } from '../../db/sync/migrate';
import { type AppDatabase, type Database, openPGlite } from './database';
import { Engine } from './engine';
import type { EngineOptions } from './engine-options';
import { imageOf } from './prepared-node';
import { ofDump, openInMemory } from './storage';

export interface NodeEngineOptions extends Omit<EngineOptions, 'database' | 'schema'> {
  /** A folder to keep the database in; absent: in memory. */
  readonly dataDir?: string;
  /** A dump of a migrated database to start from (quicker than running the migrations). */
  readonly prepared?: Blob;
  /** A dump of a migrated, empty database, for a reset; absent: `prepared` is one. */
  readonly empty?: Blob;
  /** Takes the image of the database that is to take this one's place; absent: it cannot be replaced. */
  readonly succeed?: (image: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** What is to be done until a write is stored; absent: nothing. */
  readonly flush?: () => Promise<void>;
}

/** @param folder one that is laid out as migrations/ is */
export function migrationFilesIn(folder: URL): MigrationFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(new URL(name, folder), 'utf8') }));
}

/** @throws MigrationError */
export async function openEngineInNode(
  app: AppDatabase,
  options: NodeEngineOptions,
): Promise<{ engine: Engine; pg: PGlite }> {
  const isNew = !options.dataDir || !existsSync(join(options.dataDir, 'PG_VERSION'));
  const pg = await openPGlite(
    {
      ...(options.dataDir ? { dataDir: options.dataDir } : {}),
      ...(options.prepared && isNew ? { loadDataDir: options.prepared } : {}),
    },
    app,
  );
  const beside = async (image: Blob | null) => {
    const empty = options.empty ?? options.prepared;
    if (!image && !empty) throw new TypeError('there is no prepared database');
    return await openInMemory(options.userId, app, async () => image ?? (await imageOf(empty!)));
  };
  const database: Database = {
    ...{ name: options.userId, pg, beside, succeed: options.succeed ?? null, ...ofDump(pg) },
    storage: 'memory',
    flush: options.flush ?? (async () => {}),
    remove: async () => {},
    abandon: async () => {},
  };
  return { engine: await Engine.open({ ...options, database, schema: app.schema }), pg };
}
