// Migrations on the server: reads the files of a folder, and runs what is missing on a database.
import { readdirSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { isCore, type MigrationConnection, type MigrationFile, migrate } from '../../db/sync/migrate';

/** @returns every .sql file of the folder, of both sides, by its path in there. @param folder ends with a slash */
export function readMigrations(folder: URL): MigrationFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(new URL(name, folder), 'utf8') }));
}

/**
 * The migrations of an app that keeps its own in a folder of its own: the core's, from this repository, and then those.
 * @param folder the app's, whose numbers begin at 0002; ends with a slash
 */
export function migrationsOfApp(folder: URL): MigrationFile[] {
  const ours = readMigrations(new URL('../../migrations/', import.meta.url));
  return [...ours.filter(({ name }) => isCore(name) || name.startsWith('sync/')), ...readMigrations(folder)];
}

/**
 * Migrates the server's database on a connection of its own.
 * @param machinery what the machinery is told of the tables (Schema.machinery)
 * @returns the numbers of the newest migration before and after; 0 is an empty database
 * @throws MigrationError, or the connection's error
 */
export async function migrateServer(
  url: string,
  files: readonly MigrationFile[],
  machinery: object,
): Promise<{ from: number; to: number }> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await migrate(connectionOf(client), files, 'server', machinery);
  } finally {
    await client.end();
  }
}

/** A `pg` client as the runner wants it; a query without parameters may hold several statements. */
export function connectionOf(client: Client): MigrationConnection {
  return { query: (sql, params) => client.query(sql, params), exec: (sql) => client.query(sql) };
}
