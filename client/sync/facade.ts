// The Store of the user interface on top of a Backend: compiles queries, keeps the last status.
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { type Backend, initialStatus } from './backend';
import type { Query } from './live-queries';
import type { AppTables, Compilable, Status, Store, StoreError, Written } from './store';

/** Compiles for Postgres and connects to nothing. */
export function compiler<Tables = AppTables>(): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

function queryOf(compilable: Compilable): Query {
  const { sql, parameters }: CompiledQuery = compilable.compile();
  return { sql, parameters };
}

export function createStore<Tables = AppTables>(userId: string, backend: Backend): Store<Tables> {
  let status: Status = initialStatus;
  const listeners = new Set<() => void>();
  const stop = backend.onStatus((next) => {
    status = next;
    for (const listener of [...listeners]) listener();
  });
  return {
    userId,
    db: compiler<Tables>(),
    read: <R>(query: Compilable<R>) => backend.read(queryOf(query)) as Promise<R[]>,
    live<R>(query: Compilable<R>, onRows: (rows: R[]) => void, onError?: (e: StoreError) => void) {
      return backend.watch(queryOf(query), {
        onRows: (rows) => onRows(rows as R[]),
        onError: (error) => onError?.(error as StoreError),
      });
    },
    write: (...statements: Compilable[]): Promise<Written> =>
      backend.write(crypto.randomUUID(), statements.map(queryOf)),
    undo: (written: Written) => backend.undo(crypto.randomUUID(), written.changes),
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake: () => void backend.wake(),
    expect: (workspaceIds) => void backend.expect(workspaceIds),
    discardRefused: (id) => backend.discardRefused(id),
    resend: (refusedId, change) => backend.resend(crypto.randomUUID(), refusedId, change),
    async close() {
      stop();
      await backend.close();
    },
    remove: (options) => backend.remove(options),
  };
}
