// The store as the user interface sees it: read, live, write, status. It runs in every tab; the database
// itself lives in one elected worker per origin (see relay.ts).
import type { CompiledQuery, Kysely } from 'kysely';
import type { RefusalKind } from '../../db/sync/wire';
import type { SyncProblem } from './sync-problem';

/** Anything Kysely can compile: a query builder, or `sql` bound to the database. */
export interface Compilable<R = unknown> {
  compile(): CompiledQuery<R>;
}

/** One captured row change of a local transaction. */
export interface Change {
  readonly table: string;
  readonly id: string;
  readonly kind: 'insert' | 'update' | 'delete';
  readonly set: Readonly<Record<string, unknown>>;
  readonly was: Readonly<Record<string, unknown>>;
  /** Hybrid logical clock of the change (db/sync/clock.ts). */
  readonly clock: string;
}

/** A local transaction that is on this device: committed and flushed to its storage. */
export interface Written {
  /** The client's counter for it; null when nothing changed. */
  readonly n: number | null;
  readonly changes: readonly Change[];
}

export type StoreErrorKind =
  | 'constraint' // a rule of the database forbids it; `rule` names the constraint
  | 'read-only' // this table is not written by clients
  | 'query' // the SQL is wrong
  | 'unreadable' // what is stored cannot be shown on this device
  | 'storage' // the device's storage failed or is full
  | 'closed'; // the store was closed

/** `message` is a sentence a person can act on. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly kind: StoreErrorKind,
    sentence: string,
    readonly rule: string | null = null,
  ) {
    super(sentence);
  }
}

export interface Loading {
  /** Rows received and rows the server counted when the load began. */
  readonly rows: number;
  readonly total: number;
}

/** All that the sync chip and the settings page need; a value, replaced on each change. */
export interface Status {
  readonly database: 'opening' | 'ready' | 'failed';
  /** What a person can do about a failed database. */
  readonly databaseError: string | null;
  /** memory: nothing survives the tab; the UI must warn. */
  readonly storage: 'opfs' | 'indexeddb' | 'memory' | null;
  readonly network: 'online' | 'offline';
  readonly session: 'signed-in' | 'expired';
  /** Local transactions that the server has not answered yet, and what features have to send beside them. */
  readonly unsent: number;
  readonly sending: boolean;
  /** Open Inbox entries: unresolved notices, refused operations, parked rows, and what the features count. */
  readonly attention: number;
  /** First load of a workspace under way. */
  readonly loading: Loading | null;
  /** Every shape is up to date with the server, as far as this device can know. */
  readonly upToDate: boolean;
  /** When the server was last heard, ms since 1970; null: never on this device. */
  readonly heardAt: number | null;
  /** Why syncing does not go on, if it does not; local work is not affected. */
  readonly problem: SyncProblem | null;
  /** What stands in the way of a feature's own sync, as a sentence by the feature's name (feature.ts). */
  readonly faults: Readonly<Record<string, string>>;
}

/**
 * The tables of the app, for Kysely, so that nobody has to name them at each use. The app says them once:
 * `declare module './sync/store' { interface AppTables extends DB {} }` (client/tables.ts). Where one program has two
 * apps, the second gives its own to createStore.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the app adds to it
export interface AppTables {}

export interface Store<Tables = AppTables> {
  readonly userId: string;
  /** Compiles queries; it has no connection of its own. */
  readonly db: Kysely<Tables>;
  /** @throws StoreError */
  read<R>(query: Compilable<R>): Promise<R[]>;
  /**
   * Runs the query now and again after each change of a table it reads. Equal queries share one run.
   * @returns unsubscribe
   */
  live<R>(query: Compilable<R>, onRows: (rows: R[]) => void, onError?: (e: StoreError) => void): () => void;
  /**
   * One local transaction: all statements or none. Resolves when it is on this device's storage.
   * A request that is retried after the database moved to another tab takes effect once.
   * @throws StoreError
   */
  write(...statements: Compilable[]): Promise<Written>;
  /** Applies the inverse of a local transaction as a new one; fields changed since by others are left alone. */
  undo(written: Written): Promise<Written>;
  status(): Status;
  onStatus(listener: () => void): () => void;
  /** Ask the sync loop to try now (after sign-in, or a click on the chip). */
  wake(): void;
  /**
   * The server has said that the person is in these workspaces. One that is not followed yet is followed at once, and
   * until it is here this device is not up to date.
   */
  expect(workspaceIds: readonly string[]): void;
  /** Forget one refused operation for good; it is the only way that unsent work is dropped (W1). */
  discardRefused(refusedId: string): Promise<void>;
  /**
   * Sends a refused operation again, with other values where `change` gives them, and with everything that is held
   * because of it: one local transaction.
   * @throws StoreError; then it is refused as before
   */
  resend(refusedId: string, change: Readonly<Record<string, unknown>>): Promise<Written>;
  /** Stops this tab's use of the store. */
  close(): Promise<void>;
  /** Deletes the database of this person from this device. Refuses while unsent work exists, unless forced. */
  remove(options: { discardUnsent: boolean }): Promise<{ removed: boolean; unsent: number }>;
}

/** A refused operation as kept in sync.refused (see 0001_workspace.client.sql). */
export interface Refused {
  readonly id: string;
  readonly table: string;
  readonly row_id: string;
  readonly kind: 'insert' | 'update' | 'delete';
  readonly set: Record<string, unknown>;
  readonly was: Record<string, unknown>;
  readonly refusal: RefusalKind;
  readonly rule: string | null;
  readonly sentence: string;
  readonly at: string;
  /** The refused row that this hangs on, as the id of its entry. */
  readonly held_by: string | null;
  /** The order in which they were refused. */
  readonly i: string;
}
