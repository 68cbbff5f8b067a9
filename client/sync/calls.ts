// Everything that a tab asks of the engine, one entry for each method: what the caller of the store gives, what of it
// crosses threads and tabs (plain data), and what comes back. The Store, the messages and both ends of the bridge are
// derived from this table: a new method is an entry here and its implementation in engine.ts.
import type { Diagnostics } from './diagnosed';
import type { Query } from './live-queries';
import type { Compilable, Replaced, Written } from './written';

/** Makes what is sent of what is given; `answered` says what comes back, and is there for its type only. */
type Call<Given extends readonly unknown[], Sent extends readonly unknown[], Answer> = {
  (...given: Given): Sent;
  readonly answered?: Answer;
};

const answering =
  <Answer>() =>
  <Given extends readonly unknown[], const Sent extends readonly unknown[]>(
    send: (...given: Given) => Sent,
  ): Call<Given, Sent, Answer> =>
    send;

function queryOf(compilable: Compilable): Query {
  const { sql, parameters } = compilable.compile();
  return { sql, parameters };
}

/** A request that is said again to a new leader, because the old one died, takes effect once. */
const newRequest = () => crypto.randomUUID() as string;

export const calls = {
  /** @throws StoreError */
  read: answering<unknown[]>()((query: Compilable) => [queryOf(query)]),
  /**
   * One local transaction: all statements or none. Resolves when it is on this device's storage.
   * A request that is retried after the database moved to another tab takes effect once.
   * @throws StoreError
   */
  write: answering<Written>()((...statements: Compilable[]) => [newRequest(), statements.map(queryOf)]),
  /** Applies the inverse of a local transaction as a new one; fields changed since by others are left alone. */
  undo: answering<Written>()((written: Written) => [newRequest(), written.changes]),
  /** Resolves when every live query's last rows contain what was written before. */
  settled: answering<void>()(() => []),
  /** Ask the sync loop to try now (after sign-in, or a click on the chip). */
  wake: answering<void>()(() => []),
  /**
   * The server has said that the person is in these workspaces. One that is not followed yet is followed at once, and
   * until it is here this device is not up to date.
   */
  expect: answering<void>()((workspaceIds: readonly string[]) => [workspaceIds]),
  /** Forget one refused operation for good; it is the only way that unsent work is dropped (W1). */
  discardRefused: answering<void>()((refusedId: string) => [refusedId]),
  /**
   * Sends a refused operation again, with other values where `change` gives them, and with everything that is held
   * because of it: one local transaction.
   * @throws StoreError; then it is refused as before
   */
  resend: answering<Written>()((refusedId: string, change: Readonly<Record<string, unknown>>) => [
    newRequest(),
    refusedId,
    change,
  ]),
  /** How the database and its sync stand, in numbers; read anew each time. @throws StoreError */
  diagnostics: answering<Diagnostics>()(() => []),
  /**
   * Everything in the database of this device as one file (backup-file.ts), which restore() takes.
   * @throws StoreError
   */
  backUp: answering<Blob>()(() => []),
  /**
   * Has a backup take the place of the database, at once and for all tabs. Unsent work of both is kept and is sent.
   * @throws StoreError 'backup' for a file that is none that can be restored here; whatever it throws, all is as before
   */
  restore: answering<Replaced>()((file: Blob) => [newRequest(), file]),
  /**
   * Has a new database take the place of this one. Unsent work is kept and is sent; rows come from the server again.
   * @throws StoreError; then all is as before
   */
  reset: answering<Replaced>()(() => [newRequest()]),
  /** Deletes the database of this person from this device. Refuses while unsent work exists, unless forced. */
  remove: answering<{ removed: boolean; unsent: number }>()((options: { discardUnsent: boolean }) => [
    options,
  ]),
};

type Calls = typeof calls;
export type Method = keyof Calls;
export type Sent = { [M in Method]: ReturnType<Calls[M]> };
export type Answer = { [M in Method]: Required<Calls[M]>['answered'] };

/** Who answers: the engine, or what passes the calls on to it. */
export type Answering = { [M in Method]: (...sent: Sent[M]) => Promise<Answer[M]> };

/** The methods as users of the store call them. */
export type Asking = { [M in Method]: (...given: Parameters<Calls[M]>) => Promise<Answer[M]> };

/** One call as it crosses threads and tabs. */
export type CallOf<M extends Method> = { readonly method: M; readonly args: Sent[M] };
export type AnyCall = { [M in Method]: CallOf<M> }[Method];

/** @throws what the method throws; TypeError for a method that this program does not have: the caller is newer */
export async function answer<M extends Method>(
  by: Answering,
  { method, args }: CallOf<M>,
): Promise<Answer[M]> {
  return await by[method](...args);
}

/** All methods by one function that passes a call on. */
export function passedBy(pass: <M extends Method>(call: CallOf<M>) => Promise<Answer[M]>): Answering {
  const one = <M extends Method>(method: M) => [
    method,
    (...args: Sent[M]): Promise<Answer[M]> => pass({ method, args }),
  ];
  return Object.fromEntries((Object.keys(calls) as Method[]).map(one)) as unknown as Answering;
}

/** The methods for users of the store, of who answers them. */
export function askedOf(by: Answering): Asking {
  const one = <M extends Method>(method: M) => [
    method,
    (...given: Parameters<Calls[M]>): Promise<Answer[M]> => {
      const send = calls[method] as (...given: Parameters<Calls[M]>) => Sent[M];
      return answer(by, { method, args: send(...given) });
    },
  ];
  return Object.fromEntries((Object.keys(calls) as Method[]).map(one)) as unknown as Asking;
}
