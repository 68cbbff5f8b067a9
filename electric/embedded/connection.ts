// How this server connects to Postgres: the settings that decide how values look as text, and the small pool
// for everything but replication.
import { type ClientConfig, Pool, type PoolClient } from 'pg';

/** Values must look the same in a snapshot, in the stream and to every client: UTC, ISO dates, hex bytea. */
const settings = {
  TimeZone: 'UTC',
  DateStyle: 'ISO,DMY',
  IntervalStyle: 'iso_8601',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
};

/** Options for pg's Client and Pool. Settings given in the URL's own `options` come first and lose. */
export function connectionConfig(databaseUrl: string): ClientConfig {
  const url = new URL(databaseUrl);
  const own = url.searchParams.get('options');
  url.searchParams.delete('options');
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return {
    connectionString: url.toString(),
    options: [...(own ? [own] : []), ...flags].join(' '),
    application_name: 'shape-server',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  };
}

/** A pool whose idle connections may break without harm. */
export function openPool(databaseUrl: string, size: number): Pool {
  const pool = new Pool({ ...connectionConfig(databaseUrl), max: size, idleTimeoutMillis: 30_000 });
  pool.on('error', () => {});
  return pool;
}

/** Runs `work` on one connection; a connection on which it failed is closed, not reused. */
export async function withConnection<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const ignore = () => {};
  client.on('error', ignore);
  try {
    const result = await work(client);
    client.off('error', ignore);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** A double-quoted SQL identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A single-quoted SQL literal; safe whatever the text holds, because backslashes are ordinary characters. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
