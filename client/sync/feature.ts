// What a feature adds to the engine of a device. The core knows no feature: it opens those that the app lists, and
// calls of each what is there. Nothing here runs in tabs.
import type { PGliteInterface } from '@electric-sql/pglite';
import type { Link } from './link';
import type { Change } from './store';
import type { SyncProblem } from './sync-problem';

/** What the engine gives to a feature that it opens. */
export interface FeatureHost {
  readonly pg: PGliteInterface;
  readonly link: Link;
  readonly userId: string;
  /** false: only local work; nothing is sent or fetched. */
  readonly syncs: boolean;
  /** Resolves when everything that was committed is on the device's storage. */
  flush(): Promise<void>;
  /** These tables changed: committed and flushed. */
  changed(tables: Iterable<string>): void;
  /** What stands in the way of the feature's own sync; null: nothing any more. */
  problem(found: SyncProblem | null): void;
  /** Nothing more urgent is under way: the network is there, and all shapes are up to date. */
  idle(): boolean;
  /** A first load of a workspace is under way. */
  loading(): boolean;
  /** The feature's `unsent` may have changed. */
  counted(): void;
  /**
   * Runs something that rewrites unsent local transactions, while none of them is being taken for a request.
   * @param run gets the counter of the last local transaction that a request may have carried: only those after it may
   *   be rewritten (W2)
   */
  rewrite<T>(run: (sentUpTo: number) => Promise<T>): Promise<T>;
}

/** What the feature does while the engine is open. */
export interface FeatureWork {
  /** Things that only this device has and that are to be sent, beside the local transactions; 0 when absent. */
  readonly unsent?: number;
  /** What it counts as unsent is kept beside the database, where light mode can read it. */
  readonly isBeside?: boolean;
  /** Brings `unsent` up to date. */
  recount?(): Promise<void>;
  /** The database is ready. Called once. */
  start?(): void;
  /** There may be something to send or to fetch: at the start, with the network, when all is up to date. */
  wake?(): void;
  /** These tables changed, on this device or by the server. */
  changed?(tables: ReadonlySet<string>): void;
  /** A local transaction was committed; its writer waits for this, and hears then that it is saved. */
  written?(changes: readonly Change[]): Promise<void>;
  /** It is on the storage, and its writer has been told. */
  saved?(changes: readonly Change[]): void;
  /** The person has discarded this refused operation for good. */
  discarded?(refused: DiscardedOperation): Promise<void>;
  /** The person's data leaves this device; called after close(). */
  clear?(): Promise<void>;
  /** Stops, and waits until nothing of it touches the database any more. */
  close?(): Promise<void>;
}

export interface DiscardedOperation {
  readonly table: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** Something that is counted: an SQL expression, and the tables after whose changes it is counted again. */
export interface Counted {
  readonly count: string;
  readonly tables: readonly string[];
}

export interface EngineFeature {
  /** One word; the source of its problems and of Status.faults. */
  readonly name: string;
  /** How many things of it wait for this person; $1 is the person's account. Added to Status.attention. */
  readonly needsPerson?: Counted;
  /** How many things of it exist on this device only, beside what is unsent. Added to Status.onlyHere. */
  readonly keeps?: Counted;
  /** Tables of schema sync that the interface writes itself: they stay on this device, and nothing captures them. */
  readonly deviceOnly?: readonly string[];
  /** Tables of schema sync that the feature's work fills from others; it says itself when they change. */
  readonly derived?: readonly string[];
  open?(host: FeatureHost): FeatureWork;
}
