// Outpost's migrations: the folder of this repository, and the tables that its machinery is told of.

import type { MigrationFile } from '../../db/sync/migrate';
import { schema } from '../../db/tables';
import * as core from '../sync/migrations';

export { connectionOf } from '../sync/migrations';

export const migrationsFolder = new URL('../../migrations/', import.meta.url);

/** @returns every .sql file of the folder, of both sides, by its path in there */
export function readMigrations(folder: URL = migrationsFolder): MigrationFile[] {
  return core.readMigrations(folder);
}

/** @returns the numbers before and after. @throws MigrationError, or the connection's error */
export function migrateServer(
  url: string,
  files: readonly MigrationFile[] = readMigrations(),
): Promise<{ from: number; to: number }> {
  return core.migrateServer(url, files, schema.machinery);
}
