// Where a device's rows come from: the one interface between the read path and whatever brings them. The shape stream is
// one such source (shape-source.ts); docs/leaving.md says what another has to do, and scripts/testing/ has one.
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type { Schema } from '../../db/sync/schema';
import type { Link } from './link';
import type { SyncProblem } from './sync-problem';

/** What the read path lends to a source. */
export interface SourceHost {
  readonly pg: PGliteInterface;
  readonly link: Link;
  readonly schema: Schema;
  /** Origin of the API, without a trailing slash; '' in a browser. */
  readonly baseUrl: string;
  /** Resolves when everything that was committed is stored. */
  flush(): Promise<void>;
  /** Resolves when the live queries have been run that wait for it now. */
  settled(): Promise<void>;
  /** Tag of the memberships that are known (db/sync/wire.ts); null before there are any. */
  memberships(): string | null;
  /** The memberships are others by now; resolves when they are known. Ends what is followed, so a batch must not wait for it. */
  membershipsChanged(): Promise<void>;
  /** Whether the source is answered (RowSource.healthy) has changed; null: nothing is wrong. */
  health(problem: SyncProblem | null): void;
}

/** A table of a workspace, and who wants to hear of it. */
export interface Followed {
  /** Which database it is: a position in another one means nothing. */
  readonly serverId: string;
  readonly workspaceId: string;
  readonly table: string;
  /** A batch is stored, or changes of one's own are confirmed: rows of the table changed. */
  changed(): void;
  /** Loading, or whether it is up to date, changed. */
  progressed(): void;
  /** The server does not let this person read the workspace (any more). */
  denied(): void;
  problem(problem: SyncProblem | null): void;
}

/** One table of one workspace that is being followed; it starts again by itself when something fails. */
export interface Following {
  readonly table: string;
  /** Rows received in the first load that is under way; null when there is none. */
  readonly loadingRows: number | null;
  /** Rows of the first load, once it is stored. */
  readonly loadedRows: number;
  /** Batches stored so far. */
  readonly batches: number;
  /** Everything that the server had is stored, and the source waits for more (R6). */
  readonly upToDate: boolean;
  /** Fetches the whole table anew; what is here stays until that is stored (R3). */
  refetch(): void;
  /** Stops, and waits until nothing of it touches the database any more. */
  close(): Promise<void>;
}

/**
 * Brings rows. It writes each batch in one transaction to the view of server truth, sync.<table>, calls
 * sync.apply_<table>, and flushes; when it has all that the server had at a WAL position, it calls sync.confirm with it.
 */
export interface RowSource {
  /** The server answers it, or has not failed to yet. */
  readonly healthy: boolean;
  /** Begins where what is stored ends. May call `followed` only after it has returned. */
  follow(followed: Followed): Following;
  /** Waits for changes of the memberships also while nothing is followed. */
  listen(): void;
  /** Drops what it keeps beside the rows, of one workspace or (null) of all; to be called when none of it is followed. */
  forget(tx: Transaction, workspaceId: string | null): Promise<void>;
  /** Ends what waits for the server; every Following is closed on its own. */
  close(): void;
}

export type OpenSource = (host: SourceHost) => RowSource;
