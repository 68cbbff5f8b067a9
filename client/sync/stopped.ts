// A Postgres that has stopped itself: at PANIC, as when its log finds no room, or when its program failed. Whatever is asked
// of it after that would never come back, and the tab with it; so nothing is. It can only be opened anew.
import type { PGlite } from '@electric-sql/pglite';

/** The database is not there any more; nothing of the request took effect. `cause` is why it stopped. */
export class DatabaseStopped extends Error {
  override readonly name = 'DatabaseStopped';
}

/** The parts of PGlite's WebAssembly module that are used here. */
interface Program {
  _PostgresMainLoopOnce(): unknown;
  stackRestore(stack: unknown): void;
}

/** With it the program ends a turn of the loop at an ordinary error (PGlite: POSTGRES_MAIN_LONGJMP). */
const errorStatus = 100;

const stops = new WeakMap<PGlite, Promise<unknown>>();

/** Resolves with the error by which it stopped; never, as long as it works. */
export function whenStopped(pg: PGlite): Promise<unknown> {
  return stops.get(pg) ?? new Promise(() => {});
}

/** Lets nothing into the database after it has stopped. To be called once, before it is used. */
export function guardStop(pg: PGlite): void {
  let stopped = false;
  let cause: unknown;
  let tell: (error: unknown) => void = () => {};
  stops.set(
    pg,
    new Promise((resolve) => {
      tell = resolve;
    }),
  );
  const stop = (error: unknown) => {
    if (stopped) return;
    stopped = true;
    cause = error;
    tell(error);
  };
  // PGlite runs the loop of Postgres until its input is used up, whatever it throws. What is no error of Postgres, which
  // has a status of its own, is its end: the loop is not entered again, and what would come for ever is thrown where
  // PGlite tidies up after it.
  const program = pg.Module as unknown as Program;
  const { _PostgresMainLoopOnce: once, stackRestore } = program;
  let thrown: unknown;
  let again = false;
  program._PostgresMainLoopOnce = () => {
    if (thrown !== undefined) {
      again = true;
      throw thrown;
    }
    try {
      return once();
    } catch (error) {
      const { status } = (error ?? {}) as { readonly status?: unknown };
      if (status !== errorStatus) thrown = error ?? new Error('the program of Postgres has failed');
      throw error;
    }
  };
  program.stackRestore = (stack) => {
    stackRestore(stack);
    if (again) throw thrown;
  };
  const enter = pg.execProtocolRawSync.bind(pg);
  pg.execProtocolRawSync = (message) => {
    if (stopped || thrown !== undefined) {
      throw new DatabaseStopped('The database has stopped.', { cause: cause ?? thrown });
    }
    try {
      return enter(message);
    } catch (error) {
      // What Postgres itself finds wrong comes as a message, not so: its program has failed.
      stop(error);
      throw error;
    } finally {
      // A message that says why is read first.
      if (thrown !== undefined) setTimeout(() => stop(thrown));
    }
  };
  const watched =
    <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await run(...args);
      } catch (error) {
        if (isPanic(error)) stop(error);
        throw error;
      }
    };
  pg.execProtocol = watched(pg.execProtocol.bind(pg));
  pg.execProtocolStream = watched(pg.execProtocolStream.bind(pg));
}

function isPanic(error: unknown): boolean {
  const { severity } = (error ?? {}) as { readonly severity?: unknown };
  return severity === 'PANIC' || severity === 'FATAL';
}
