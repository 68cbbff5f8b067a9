// One shape: a table's rows under a where clause, with the log that its readers follow.
//
//              create
//                |
//            [waiting] ---------------------------.   registered: transactions are held, none is judged yet
//                | stitched: the snapshot's        \
//                v visibility is known              \
//            [reading] ----------------------------- > [dropped]   readers are told to start over
//                | complete: all rows are here      /
//                v                                 /
//            [serving] ---------------------------'
//
// From `stitched` on, a transaction that the snapshot already contains is left out, by transaction id; the others
// are appended in commit order. The snapshot and the log together are then the table's history, each change once.
import type { Table } from './catalog';
import type { ChangeCodec, Replica, TransactionHeaders } from './change-json';
import type { Lsn } from './position';
import type { Predicate, RowTest } from './predicate';
import { type Segment, ShapeLog, segmentSize } from './shape-log';
import { isVisible, type PgSnapshot } from './visibility';
import { Waiters, type WaitResult } from './waiters';

/** What a client asks for. Two requests with the same `key` share a shape. */
export interface ShapeDefinition {
  readonly key: string;
  readonly table: Table;
  /** Sorted. */
  readonly columns: readonly string[];
  readonly predicate: Predicate | null;
  readonly replica: Replica;
  /** false: the log alone, without the rows that were there before. */
  readonly withSnapshot: boolean;
}

export type ShapeState = 'waiting' | 'reading' | 'serving' | 'dropped';
type ShapeEvent = 'stitched' | 'complete' | 'drop';

const transitions: Record<ShapeState, Record<ShapeEvent, ShapeState | 'impossible'>> = {
  waiting: { stitched: 'reading', complete: 'impossible', drop: 'dropped' },
  reading: { stitched: 'impossible', complete: 'serving', drop: 'dropped' },
  serving: { stitched: 'impossible', complete: 'impossible', drop: 'dropped' },
  dropped: { stitched: 'dropped', complete: 'dropped', drop: 'dropped' },
};

/** Why a shape ended; its readers only learn that they must start over. */
export type DropReason =
  | 'schema' // its table is not what it was
  | 'truncate'
  | 'deleted' // by a client
  | 'evicted' // others needed the memory
  | 'too-large' // its snapshot alone needs more than all the memory
  | 'stream' // changes may have been missed
  | 'failed'; // its snapshot or an evaluation failed

/** The transaction that the stream is in. */
export interface StreamedTransaction {
  /** Counts transactions of this process from 1. */
  readonly number: number;
  readonly xid: number;
  /** Postgres's commit position. */
  readonly lsn: Lsn;
  /** The position that clients see. */
  readonly shown: Lsn;
  readonly headers: TransactionHeaders;
}

/** How the shape reads the rows of one relation of the stream; made for each order of columns the stream uses. */
export interface Binding {
  readonly codec: ChangeCodec;
  readonly test: RowTest | null;
  readonly places: ReadonlyMap<string, number>;
}

export class Shape {
  readonly log: ShapeLog;
  readonly waiters = new Waiters();
  state: ShapeState = 'waiting';
  dropReason: DropReason | undefined;
  /** For eviction: when a request last asked for it. */
  lastUsed = Date.now();
  /** The table as the catalog describes it now: like the definition's, but for what readers do not notice. */
  table: Table;
  /** The error that ended the shape, when that is why. */
  failure: unknown;

  private snapshot: PgSnapshot | undefined;
  /** Transactions that came before the snapshot was known. */
  private held: { readonly xid: number; readonly segments: readonly Segment[] }[] = [];
  private heldBytes = 0;

  /**
   * @param handle never used for another shape, not even after a restart
   * @param bornIn number of the transaction the stream was in when the shape was registered: it saw a part of it
   */
  constructor(
    readonly handle: string,
    readonly definition: ShapeDefinition,
    private readonly bornIn: number,
    readonly chunkBytes: number,
  ) {
    this.log = new ShapeLog(chunkBytes);
    this.table = definition.table;
  }

  /** Bytes of the snapshot and of complete transactions. */
  get bytes(): number {
    return this.log.bytes + this.heldBytes;
  }

  /** The snapshot's visibility is known: judges what was held. */
  stitched(snapshot: PgSnapshot): void {
    if (!this.move('stitched')) return;
    this.snapshot = snapshot;
    const { held } = this;
    this.held = [];
    this.heldBytes = 0;
    for (const { xid, segments } of held) {
      if (!isVisible(xid, snapshot)) for (const segment of segments) this.log.append(segment);
    }
    this.waiters.wake('changed');
  }

  /** @throws Error when the shape is gone, so that the snapshot stops */
  addChunk(chunk: Buffer): void {
    if (this.state === 'dropped') throw new Error('the shape was dropped');
    this.log.addChunk(chunk);
    this.waiters.wake('changed');
  }

  completed(): void {
    if (this.move('complete')) this.waiters.wake('changed');
  }

  drop(reason: DropReason, failure?: unknown): void {
    if (!this.move('drop')) return;
    this.dropReason = reason;
    this.failure = failure;
    this.log.clear();
    this.held = [];
    this.heldBytes = 0;
    this.waiters.wake('dropped');
  }

  /** Whether changes of this transaction belong into the log, as far as is known before they arrive. */
  accepts(transaction: StreamedTransaction): boolean {
    return this.state !== 'dropped' && transaction.number > this.bornIn && !this.contains(transaction);
  }

  /** Adds a complete transaction, unless the snapshot contains it. true: readers have something new. */
  append(transaction: StreamedTransaction, segments: readonly Segment[]): boolean {
    if (this.state === 'dropped' || segments.length === 0 || this.contains(transaction)) return false;
    if (this.state === 'waiting') {
      this.held.push({ xid: transaction.xid, segments });
      for (const segment of segments) this.heldBytes += segmentSize(segment);
      return false;
    }
    for (const segment of segments) this.log.append(segment);
    return true;
  }

  /** Resolves at the next change of anything about the shape, after `timeout` ms, or when the signal aborts. */
  wait(timeout: number, signal: AbortSignal): Promise<WaitResult> {
    if (this.state === 'dropped') return Promise.resolve('dropped');
    return this.waiters.wait(timeout, signal);
  }

  private contains(transaction: StreamedTransaction): boolean {
    const { snapshot } = this;
    return snapshot !== undefined && transaction.lsn < snapshot.lsn && isVisible(transaction.xid, snapshot);
  }

  private move(event: ShapeEvent): boolean {
    const next = transitions[this.state][event];
    if (next === 'impossible') throw new Error(`a shape that is ${this.state} cannot take ${event}`);
    const moved = next !== this.state;
    this.state = next;
    return moved;
  }
}
