// Databases for tests: one Postgres for the whole vitest run, a fresh database for each test file.
import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { migrateServer, readMigrations } from '../../api/host/migrations';
import { schema } from '../../db/tables';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connects as superuser; see global-postgres.ts. */
    postgresUrl: string;
  }
}

export interface TestDatabase {
  readonly url: string;
  /** Ends every connection and slot that is left, and removes the database. */
  drop(): Promise<void>;
}

/**
 * Makes a fresh database on the run's server.
 * @param options.migrated with every migration of the repository applied (the default); false: empty.
 */
export async function createTestDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const template = options.migrated === false ? 'template0' : await migratedTemplate(server);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, (client) => client.query(`create database ${name} template ${template}`));
  return {
    url: databaseUrl(server, name),
    drop: () => onServer(server, (client) => dropDatabase(client, name)),
  };
}

/**
 * A copy of a database as it is now, as a backup of it would be restored. Whoever is connected to it is thrown out for a
 * moment.
 */
export async function copyDatabase(url: string): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const from = new URL(url).pathname.slice(1);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, async (client) => {
    await client.query(`alter database ${from} allow_connections false`);
    try {
      for (const deadline = Date.now() + 10_000; ; ) {
        await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
          from,
        ]);
        const made = await client
          .query(`create database ${name} template ${from}`)
          .catch((error: Error) => error);
        if (!(made instanceof Error)) break;
        if (Date.now() > deadline) throw made;
      }
    } finally {
      await client.query(`alter database ${from} allow_connections true`);
    }
  });
  return {
    url: databaseUrl(server, name),
    drop: () => onServer(server, (client) => dropDatabase(client, name)),
  };
}

/** The name says which migrations it holds, so a changed file gives another template. */
async function migratedTemplate(server: string): Promise<string> {
  const files = readMigrations();
  const hash = createHash('sha256')
    .update(JSON.stringify([files, schema.machinery]))
    .digest('hex')
    .slice(0, 16);
  const name = `template_${hash}`;
  await onServer(server, async (client) => {
    await client.query("select pg_advisory_lock(hashtext('outpost test template'))");
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount !== 0) return;
    const draft = `${name}_draft`;
    await client.query(`drop database if exists ${draft} with (force)`);
    await client.query(`create database ${draft} template template0`);
    await migrateServer(databaseUrl(server, draft), files);
    await client.query(`alter database ${draft} rename to ${name}`);
  });
  return name;
}

async function dropDatabase(client: Client, name: string): Promise<void> {
  const slots = 'from pg_replication_slots where database = $1';
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    await client.query(`select pg_terminate_backend(active_pid) ${slots} and active`, [name]);
    await client.query(`select pg_drop_replication_slot(slot_name) ${slots} and not active`, [name]);
    const left = await client.query(`select 1 ${slots}`, [name]);
    if (left.rowCount === 0) break;
  }
  await client.query(`drop database if exists ${name} with (force)`);
}

async function onServer<T>(url: string, run: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
