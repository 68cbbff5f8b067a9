// How the database of this device and its sync stand, in numbers. Nothing in it is what anybody wrote, and no name: whoever
// reads a report of it learns how many rows there are, and of which tables.
import type { PastProblem } from './past-problems';
import type { StartMark } from './start-marks';

/** A table of a workspace, as it is followed. */
export interface ShapeState {
  readonly workspaceId: string;
  readonly table: string;
  readonly state:
    | 'current' // everything that the server had is here
    | 'loading' // its first load is under way
    | 'behind'; // the server has not said so, or does not answer
  /** ms since 1970: when it was current the last time since the database was opened; null: not yet */
  readonly currentAt: number | null;
}

/** Bytes, ms since 1970, and counts. */
export interface Diagnostics {
  /** When these facts were read. */
  readonly at: number;
  readonly engine: {
    readonly pglite: string;
    readonly postgres: string;
    readonly storage: 'opfs' | 'indexeddb' | 'memory';
  };
  readonly database: {
    /** As Postgres counts it. */
    readonly size: number;
    /** Of the file that it is in; null: it is kept in another way. */
    readonly disk: { readonly size: number; readonly free: number } | null;
    /** Of Postgres's WebAssembly. */
    readonly memory: number;
    /** The newest migration. */
    readonly migration: number;
  };
  /** Rows here of each synced table, of all workspaces. */
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  /** Of each table and workspace that is followed. */
  readonly shapes: readonly (ShapeState & { readonly rows: number })[];
  readonly outbox: {
    /** Local transactions that the server has not answered. */
    readonly waiting: number;
    /** A request with some of them is under way. */
    readonly sending: boolean;
    /** When the one that waits longest was written. */
    readonly oldest: number | null;
    /** Operations that were answered and have not come down yet. */
    readonly answered: number;
    readonly refused: number;
    readonly held: number;
    /** Rows of the server that could not be applied. */
    readonly parked: number;
  };
  /** The last problems, the newest first. */
  readonly problems: readonly PastProblem[];
  /** Of the worker that holds the database. */
  readonly start: readonly StartMark[];
}
