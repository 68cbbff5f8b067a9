// Kysely over a PGlite in this process, for scripts and tests: one connection, no pool.
// The app does not use it: there, queries are compiled in the tab and run in the worker.
import type { PGlite } from '@electric-sql/pglite';
import {
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';

/** @returns a Kysely whose destroy() leaves the PGlite open. */
export function pgliteKysely<T>(database: PGlite): Kysely<T> {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: { sql: string; parameters: readonly unknown[] }) {
      const result = await database.query<R>(query.sql, [...query.parameters]);
      return { rows: result.rows, numAffectedRows: BigInt(result.affectedRows ?? 0) };
    },
    // biome-ignore lint/correctness/useYield: PGlite has no row streaming; Kysely asks for the method.
    async *streamQuery() {
      throw new Error('PGlite does not stream');
    },
  };
  const driver: Driver = {
    async init() {},
    async acquireConnection() {
      return connection;
    },
    async beginTransaction() {
      await database.exec('begin');
    },
    async commitTransaction() {
      await database.exec('commit');
    },
    async rollbackTransaction() {
      await database.exec('rollback');
    },
    async releaseConnection() {},
    async destroy() {},
  };
  return new Kysely<T>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}
