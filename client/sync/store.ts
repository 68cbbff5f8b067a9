// The store as the user interface sees it: read, live, write, status. It runs in every tab; the database
// itself lives in one elected worker per origin (see relay.ts).
import type { Kysely } from 'kysely';
import type { RefusalKind } from '../../db/sync/wire';
import type { Asking } from './calls';
import type { Laying } from './laying';
import type { Reads } from './live-queries';
import type { SyncProblem } from './sync-problem';
import type { Compilable, StoreError } from './written';

export { type Change, type Compilable, StoreError, type StoreErrorKind, type Written } from './written';

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
  /** What is nowhere but on this device: all that is unsent, refused operations, and what features keep here. */
  readonly onlyHere: number;
  /** Of `onlyHere`, what light mode can read: it is kept beside the database. */
  readonly beside: number;
  readonly sending: boolean;
  /** Local transactions that this tab has asked for and that are not on the device's storage yet. */
  readonly writing: number;
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

/** What a live query says of itself: how writes change its rows, and what it reads. Its `of` counts for both. */
export interface LiveOptions<R> extends Laying<R>, Reads {}

/** The methods that ask something of the engine stand in calls.ts. */
export interface Store<Tables = AppTables> extends Omit<Asking, 'read' | 'settled'> {
  readonly userId: string;
  /** Compiles queries; it has no connection of its own. */
  readonly db: Kysely<Tables>;
  /** @throws StoreError */
  read<R>(query: Compilable<R>): Promise<R[]>;
  /**
   * Runs the query now and again after each change of a table it reads. Equal queries share one run. What this tab
   * writes is laid over the rows as `options` say, from the call of `write` on until an answer contains it.
   * @returns unsubscribe
   */
  live<R>(
    query: Compilable<R>,
    onRows: (rows: R[]) => void,
    onError?: (e: StoreError) => void,
    options?: LiveOptions<R>,
  ): () => void;
  /**
   * What is shown of a row by the live queries of this tab whose rows are of this table, with what is laid over it; at
   * once, without asking the database. null: none of them shows it.
   */
  shown(table: string, id: string): Readonly<Record<string, unknown>> | null;
  status(): Status;
  onStatus(listener: () => void): () => void;
  /** Stops this tab's use of the store. */
  close(): Promise<void>;
}

/** A refused operation as kept in sync.refused (see migrations/0001_sync.client.sql). */
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
