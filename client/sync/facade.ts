// The Store of the user interface on top of a Backend: compiles queries, keeps the last status.
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { type Backend, initialStatus } from './backend';
import { askedOf, calls } from './calls';
import type { AppTables, Compilable, Status, Store, StoreError } from './store';

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

export function createStore<Tables = AppTables>(userId: string, backend: Backend): Store<Tables> {
  let status: Status = initialStatus;
  const listeners = new Set<() => void>();
  const stop = backend.onStatus((next) => {
    status = next;
    for (const listener of [...listeners]) listener();
  });
  const asked = askedOf(backend);
  return {
    ...asked,
    userId,
    db: compiler<Tables>(),
    read: <R>(query: Compilable<R>) => asked.read(query) as Promise<R[]>,
    live<R>(query: Compilable<R>, onRows: (rows: R[]) => void, onError?: (e: StoreError) => void) {
      return backend.watch(calls.read(query)[0], {
        onRows: (rows) => onRows(rows as R[]),
        onError: (error) => onError?.(error as StoreError),
      });
    },
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stop();
      await backend.close();
    },
  };
}
