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
// are appended in commit order. The snapshot and the log together are then the table's history, each row change once.

import type { Table } from './catalog';
import type { ChangeCodec, OpenMessage, Replica } from './change-json';
import { closeLastMessage, closeMessage, type TransactionHeaders } from './change-json';
import type { Lsn } from './position';
import type { Predicate, RowTest } from './predicate';
import { makeSegment, type Segment, ShapeLog, segmentSize } from './shape-log';
import { isVisible, type PgSnapshot } from './visibility';

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
export type DropReason = 'schema' | 'truncate' | 'deleted' | 'evicted' | 'too-large' | 'stream' | 'failed';

/** The transaction that the stream is in. */
export interface StreamedTransaction {
  /** Counts transactions of this stream from 1. */
  readonly number: number;
  readonly xid: number;
  /** Postgres's commit position. */
  readonly lsn: Lsn;
  /** The position that clients see. */
  readonly shown: Lsn;
  readonly headers: TransactionHeaders;
}

/** How the shape reads the rows of the stream; made for each order of columns the stream uses. */
export interface Binding {
  readonly codec: ChangeCodec;
  readonly test: RowTest | null;
}

export type WaitResult = 'changed' | 'dropped' | 'timeout' | 'aborted';

/** Messages of a transaction are turned into bytes when their text reaches this size. */
const flushAt = 256 * 1024;

export class Shape {
  readonly log: ShapeLog;
  state: ShapeState = 'waiting';
  dropReason: DropReason | undefined;
  /** For eviction: when a request last asked for it. */
  lastUsed = Date.now();
  binding: Binding | undefined;
  /** The error that ended the snapshot, when that is why the shape was dropped. */
  failure: unknown;

  private snapshot: PgSnapshot | undefined;
  /** Transactions that came before the snapshot was known. */
  private held: { xid: number; segments: Segment[] }[] = [];
  private heldBytes = 0;
  private readonly open = new OpenTransaction();
  private readonly waiters = new Set<(result: WaitResult) => void>();

  /**
   * @param handle never used for another shape, not even after a restart
   * @param bornIn number of the transaction the stream was in when the shape was registered: it saw a part of it
   * @param resized told whenever `bytes` may have changed
   */
  constructor(
    readonly handle: string,
    readonly definition: ShapeDefinition,
    private readonly bornIn: number,
    chunkBytes: number,
    private readonly resized: (shape: Shape) => void,
  ) {
    this.log = new ShapeLog(chunkBytes);
  }

  get bytes(): number {
    return this.log.bytes + this.heldBytes + this.open.bytes;
  }

  get readers(): number {
    return this.waiters.size;
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
    this.wake('changed');
  }

  /** @throws Error when the shape is gone, so that the snapshot stops */
  addChunk(chunk: Buffer): void {
    if (this.state === 'dropped') throw new Error('the shape was dropped');
    this.log.addChunk(chunk);
    this.resized(this);
    this.wake('changed');
  }

  completed(): void {
    if (this.move('complete')) this.wake('changed');
  }

  drop(reason: DropReason, failure?: unknown): void {
    if (this.state === 'dropped') return;
    this.move('drop');
    this.dropReason = reason;
    this.failure = failure;
    this.log.clear();
    this.held = [];
    this.heldBytes = 0;
    this.open.clear();
    this.resized(this);
    this.wake('dropped');
  }

  /** Whether changes of this transaction belong into the log. Opens it on the first call. */
  accepts(transaction: StreamedTransaction): boolean {
    if (this.open.number === transaction.number) return this.open.accepted;
    const seen = this.snapshot !== undefined && transaction.lsn < this.snapshot.lsn;
    const accepted =
      this.state !== 'dropped' &&
      transaction.number > this.bornIn &&
      !(seen && isVisible(transaction.xid, this.snapshot!));
    this.open.begin(transaction.number, accepted);
    return accepted;
  }

  /** Adds a change of the transaction that `accepts` was asked about. */
  add(messages: readonly OpenMessage[], transaction: StreamedTransaction): void {
    for (const message of messages) this.open.add(message, transaction.shown);
    if (messages.length > 0 && this.open.justFlushed) this.resized(this);
  }

  /** The transaction is complete. true: readers have something new. */
  commit(transaction: StreamedTransaction): boolean {
    if (this.state === 'dropped' || this.open.number !== transaction.number) return false;
    const segments = this.open.finish(transaction.shown);
    if (segments.length === 0) return false;
    if (this.state === 'waiting') {
      this.held.push({ xid: transaction.xid, segments });
      for (const segment of segments) this.heldBytes += segmentSize(segment);
    } else {
      for (const segment of segments) this.log.append(segment);
    }
    this.resized(this);
    return this.state !== 'waiting';
  }

  /** Tells the readers that wait. */
  wake(result: 'changed' | 'dropped'): void {
    for (const waiter of [...this.waiters]) waiter(result);
  }

  /** Resolves at the next change of anything about the shape, after `timeout` ms, or when the signal aborts. */
  wait(timeout: number, signal: AbortSignal): Promise<WaitResult> {
    if (signal.aborted) return Promise.resolve('aborted');
    if (this.state === 'dropped') return Promise.resolve('dropped');
    return new Promise((resolve) => {
      const finish = (result: WaitResult) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        this.waiters.delete(finish);
        resolve(result);
      };
      const aborted = () => finish('aborted');
      const timer = setTimeout(() => finish('timeout'), timeout);
      signal.addEventListener('abort', aborted);
      this.waiters.add(finish);
    });
  }

  private move(event: ShapeEvent): boolean {
    const next = transitions[this.state][event];
    if (next === 'impossible') throw new Error(`a shape that is ${this.state} cannot be ${event}`);
    const moved = next !== this.state;
    this.state = next;
    return moved;
  }
}

/** The part of the current transaction that concerns one shape. */
class OpenTransaction {
  number = 0;
  accepted = false;
  /** The last `add` turned text into bytes, so the size is known anew. */
  justFlushed = false;
  bytes = 0;
  private segments: Segment[] = [];
  private messages: string[] = [];
  private ops: number[] = [];
  private textLength = 0;
  private last: OpenMessage | undefined;

  begin(number: number, accepted: boolean): void {
    this.clear();
    this.number = number;
    this.accepted = accepted;
  }

  add(message: OpenMessage, lsn: Lsn): void {
    this.justFlushed = false;
    if (this.last) this.close(closeMessage(this.last.text), this.last.op);
    this.last = message;
    if (this.textLength >= flushAt) this.flush(lsn);
  }

  /** The whole transaction; nothing is kept. */
  finish(lsn: Lsn): Segment[] {
    if (!this.last) return [];
    this.close(closeLastMessage(this.last.text), this.last.op);
    this.flush(lsn);
    const { segments } = this;
    this.clear();
    return segments;
  }

  clear(): void {
    this.segments = [];
    this.messages = [];
    this.ops = [];
    this.textLength = 0;
    this.bytes = 0;
    this.last = undefined;
  }

  private close(text: string, op: number): void {
    this.messages.push(text);
    this.ops.push(op);
    this.textLength += text.length;
  }

  private flush(lsn: Lsn): void {
    const segment = makeSegment(lsn, this.ops, this.messages);
    this.segments.push(segment);
    this.bytes += segmentSize(segment);
    this.messages = [];
    this.ops = [];
    this.textLength = 0;
    this.justFlushed = true;
  }
}
