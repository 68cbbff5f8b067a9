// Which migration files exist and in which order each side applies them.
// NNNN_name.sql is for both sides, NNNN_name.server.sql and NNNN_name.client.sql for one of them.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));

export interface MigrationFile {
  readonly name: string;
  readonly side: 'both' | 'server' | 'client';
  readonly sql: string;
}

const shape = /^\d{4}_[a-z0-9_]+?(?:\.(server|client))?\.sql$/;

/**
 * All migration files: by number, the shared file before its one-sided companions.
 * @throws when a .sql file in the folder is not named as it must be
 */
export function migrationFiles(folder: string = migrationsFolder): MigrationFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .map((name): MigrationFile => {
      const match = shape.exec(name);
      if (!match) throw new Error(`${name}: a migration is named 0001_name.sql, .server.sql or .client.sql`);
      const side = match[1] === 'server' || match[1] === 'client' ? match[1] : 'both';
      return { name, side, sql: readFileSync(`${folder}/${name}`, 'utf8') };
    })
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The files that a client's PGlite gets, in order. */
export function clientMigrationFiles(folder: string = migrationsFolder): MigrationFile[] {
  return migrationFiles(folder).filter((f) => f.side !== 'server');
}

/** The files that the server's Postgres gets, in order. */
export function serverMigrationFiles(folder: string = migrationsFolder): MigrationFile[] {
  return migrationFiles(folder).filter((f) => f.side !== 'client');
}

function key(file: MigrationFile): string {
  const rank = { both: 0, server: 1, client: 2 }[file.side];
  return `${file.name.slice(0, 4)} ${rank} ${file.name}`;
}
