// What is written on this device and what may go wrong with it, as tabs and the engine both say it.
import type { CompiledQuery } from 'kysely';

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

/** Another database has taken the place of the one that was here. */
export interface Replaced {
  /** Local transactions in it that wait to be sent. */
  readonly waiting: number;
}

export type StoreErrorKind =
  | 'constraint' // a rule of the database forbids it; `rule` names the constraint
  | 'read-only' // this table is not written by clients
  | 'query' // the SQL is wrong
  | 'unreadable' // what is stored cannot be shown on this device
  | 'backup' // a file is no backup that can be restored here; `rule` says which: BackupFault
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
