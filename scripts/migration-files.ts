// The migration files as the linter reads them: each with the side it is for, in the order of application.
// NNNN_name.sql is for both sides, NNNN_name.server.sql and NNNN_name.client.sql for one of them.
import { readdirSync, readFileSync } from 'node:fs';
import { machineryName } from '../db/sync/migrate';

export interface MigrationFile {
  readonly name: string;
  readonly side: 'both' | 'server' | 'client';
  readonly sql: string;
}

const shape = /^\d{4}_[a-z0-9_]+?(?:\.(server|client))?\.sql$/;

/**
 * The machinery: files in folders, which are applied anew whenever they change.
 * @throws when a .sql file in a folder is not named as it must be
 */
export function machineryFiles(folder: string): MigrationFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.sql') && name.includes('/'))
    .sort()
    .map((name): MigrationFile => {
      const side = machineryName.exec(name)?.[2] as MigrationFile['side'] | undefined;
      if (!side)
        throw new Error(`${name}: machinery is named room/both.sql, room/server.sql or room/client.sql`);
      return { name, side, sql: readFileSync(`${folder}/${name}`, 'utf8') };
    });
}

/**
 * All migration files: by number, the shared file before its one-sided companions.
 * @throws when a .sql file in the folder is not named as it must be
 */
export function migrationFiles(folder: string): MigrationFile[] {
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

function key(file: MigrationFile): string {
  const rank = { both: 0, server: 1, client: 2 }[file.side];
  return `${file.name.slice(0, 4)} ${rank} ${file.name}`;
}
