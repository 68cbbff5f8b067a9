// The Store of the user interface on top of a Backend: compiles queries, keeps the last status.
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { type Backend, initialStatus } from './backend';
import { askedOf, calls } from './calls';
import type { Laying, ShownRow } from './laying';
import { type Operation, operationsOf, operationsOfUndo } from './operations';
import { Overlay } from './overlay';
import type { AppTables, Compilable, LiveOptions, Status, Store, StoreError, Written } from './store';

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
  const publish = (next: Status) => {
    status = next;
    for (const listener of [...listeners]) listener();
  };
  let writing = 0;
  const stop = backend.onStatus((next) => publish({ ...next, writing: status.writing }));
  /** Said after the frame in which the write itself is shown, which must not wait for it. */
  const sayWriting = () =>
    setTimeout(() => {
      if (status.writing !== writing) publish({ ...status, writing });
    });
  const asked = askedOf(backend);
  const overlay = new Overlay();
  /** Shows a write while it is under way, until the live queries have it. */
  async function shownAtOnce(
    request: string,
    operations: readonly Operation[],
    written: () => Promise<Written>,
  ): Promise<Written> {
    overlay.begin(request, operations);
    writing++;
    sayWriting();
    try {
      const result = await written();
      overlay.stored(request);
      const taken = () => overlay.takeOff(request);
      if (operations.length === 0) taken();
      else backend.settled().then(taken, taken);
      return result;
    } catch (error) {
      overlay.failed(request);
      throw error;
    } finally {
      writing--;
      sayWriting();
    }
  }
  return {
    ...asked,
    userId,
    db: compiler<Tables>(),
    read: <R>(query: Compilable<R>) => asked.read(query) as Promise<R[]>,
    async write(...statements) {
      const compiled = statements.map((statement) => statement.compile());
      const [request, queries] = calls.write(...compiled.map((query) => ({ compile: () => query })));
      return await shownAtOnce(request, operationsOf(compiled), () => backend.write(request, queries));
    },
    async undo(written) {
      const [request, changes] = calls.undo(written);
      return await shownAtOnce(request, operationsOfUndo(changes), () => backend.undo(request, changes));
    },
    shown: (table, id) => overlay.shown(table, id),
    live<R>(
      query: Compilable<R>,
      onRows: (rows: R[]) => void,
      onError?: (e: StoreError) => void,
      options: LiveOptions<R> = {},
    ) {
      const { of, columns, lay } = options;
      const laying = { of, lay } as Laying;
      const watched = overlay.watch(laying, (rows) => onRows(rows as R[]));
      const reads = of === undefined && columns === undefined ? undefined : { of, columns };
      const [asks] = calls.read(query);
      const stop = backend.watch(reads ? { ...asks, reads } : asks, {
        onRows: (rows, holding) => watched.answered(rows as ShownRow[], holding),
        onSame: (holding) => watched.answered(null, holding),
        onError: (error) => onError?.(error as StoreError),
      });
      return () => {
        stop();
        watched.stop();
      };
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
