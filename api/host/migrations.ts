// The migrations folder and the server's database: reads the files, runs what is missing.
import { readdirSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { type MigrationConnection, type MigrationFile, migrate } from '../../db/sync/migrate';
import { schema } from '../../db/tables';

/** The folder of this repository. */
export const migrationsFolder = new URL('../../migrations/', import.meta.url);

/** @returns every .sql file of the folder, of both sides, by its path in there. */
export function readMigrations(folder: URL = migrationsFolder): MigrationFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(new URL(name, folder), 'utf8') }));
}

/**
 * Migrates the server's database on a connection of its own.
 * @throws MigrationError, or the connection's error
 */
export async function migrateServer(
  url: string,
  files: readonly MigrationFile[] = readMigrations(),
): Promise<{ from: number; to: number }> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await migrate(connectionOf(client), files, 'server', schema.machinery);
  } finally {
    await client.end();
  }
}

/** A `pg` client as the runner wants it; a query without parameters may hold several statements. */
export function connectionOf(client: Client): MigrationConnection {
  return { query: (sql, params) => client.query(sql, params), exec: (sql) => client.query(sql) };
}
