// Connections to Postgres, apart by what they are for, so that what is slow takes none from what is quick (A5).
import { Pool, type PoolConfig } from 'pg';

/** A statement may take this long, ms: write-pieces.ts sees to it that no honest one does. */
export const STATEMENT = 20_000;

function pool(connectionString: string, config: PoolConfig): Pool {
  const made = new Pool({ connectionString, connectionTimeoutMillis: 5_000, ...config });
  // An idle connection broke; the next query opens another.
  made.on('error', () => {});
  return made;
}

/** For whatever changes something. Waits for another's rows for 5 s, then gives up. */
export function changesPool(databaseUrl: string, max = 16): Pool {
  return pool(databaseUrl, {
    max,
    application_name: 'sync changes',
    statement_timeout: STATEMENT,
    lock_timeout: 5_000,
    idle_in_transaction_session_timeout: 60_000,
  });
}

/** For what only reads. */
export function readsPool(databaseUrl: string): Pool {
  return pool(databaseUrl, { max: 12, application_name: 'sync reads', statement_timeout: 15_000 });
}

/** For what nobody waits for. */
export function tendingPool(databaseUrl: string): Pool {
  return pool(databaseUrl, { max: 2, application_name: 'sync tending' });
}
