// Outpost's store in a Node process, with all that its devices do. For imports and tests.
import type { PGlite, PGliteOptions } from '@electric-sql/pglite';
import type { MigrationFile } from '../db/sync/migrate';
import { schema } from '../db/tables';
import { deviceFeatures } from './device-features';
import type { DeviceFiles } from './file/device-files';
import { DocumentWords } from './page/store/document-words';
import { startWordsThread } from './page/store/words-thread-node';
import * as database from './sync/database';
import type { Engine } from './sync/engine';
import { createStore } from './sync/facade';
import type { LightOnDevice } from './sync/light/device';
import { migrationFilesIn, type NodeEngineOptions, openEngineInNode } from './sync/open-node';
import type { Store } from './sync/store';

export interface NodeStoreOptions extends Omit<NodeEngineOptions, 'features'> {
  readonly files?: DeviceFiles;
  readonly light?: LightOnDevice;
  readonly foldEvery?: number;
  /** ms that putting one body together may take. */
  readonly wordsLimit?: number;
}

/** The migrations as files of the repository. */
export function migrationFiles(): MigrationFile[] {
  return migrationFilesIn(new URL('../migrations/', import.meta.url));
}

/** A device's database alone. @throws MigrationError */
export async function openPGlite(
  options: PGliteOptions,
  migrations: readonly MigrationFile[] = migrationFiles(),
): Promise<PGlite> {
  return await database.openPGlite(options, { schema, migrations });
}

/** @throws MigrationError */
export async function openNodeEngineWithDatabase(
  options: NodeStoreOptions,
): Promise<{ engine: Engine; pg: PGlite }> {
  const words = new DocumentWords(startWordsThread, options.wordsLimit);
  const { files = null, light = null, foldEvery } = options;
  const features = deviceFeatures({ words, files, light, foldEvery });
  return await openEngineInNode({ schema, migrations: migrationFiles() }, { ...options, features });
}

/** @throws MigrationError */
export async function openNodeEngine(options: NodeStoreOptions): Promise<Engine> {
  return (await openNodeEngineWithDatabase(options)).engine;
}

export async function openNodeStore(options: NodeStoreOptions): Promise<Store> {
  return createStore(options.userId, await openNodeEngine(options));
}
