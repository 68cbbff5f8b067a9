// What one shape holds in memory: its snapshot's chunks and the log of transactions after it, as ready-made JSON
// bytes, found by position. It knows nothing of where they come from.
import type { OpenMessage } from './change-json';
import { comparePositions, type Lsn, type Position, snapshotEnd } from './position';

/** The operations of one transaction, or a part of a big one. Immutable once made. */
export interface Segment {
  readonly tx: Lsn;
  /** Position of each message, ascending. */
  readonly ops: readonly number[];
  /** Where each message ends in `bytes`. */
  readonly ends: readonly number[];
  /** The messages as JSON, separated by commas. */
  readonly bytes: Buffer;
}

/** What an empty object of this kind costs besides its bytes; part of every size reported here. */
const segmentOverhead = 320;

export function segmentSize(segment: Segment): number {
  return segment.bytes.length + segmentOverhead + segment.ops.length * 16;
}

const closing = '}}';
const closingLast = ',"last":true}}';

/**
 * Makes a segment of messages that belong to one transaction.
 * @param last whether the last of them ends the transaction
 */
export function makeSegment(tx: Lsn, messages: readonly OpenMessage[], last: boolean): Segment {
  const ops: number[] = [];
  const ends: number[] = [];
  let text = '';
  let end = -1;
  messages.forEach((message, i) => {
    const close = last && i === messages.length - 1 ? closingLast : closing;
    text += i === 0 ? message.text : `,${message.text}`;
    text += close;
    end += Buffer.byteLength(message.text) + close.length + 1;
    ops.push(message.op);
    ends.push(end);
  });
  return { tx, ops, ends, bytes: Buffer.from(text) };
}

export interface LogRange {
  /** The messages, separated by commas; empty when there is nothing after the position. */
  readonly parts: readonly Buffer[];
  /** Position of the last message, or the one asked for. */
  readonly end: Position;
  /** Whether the log ends here. */
  readonly complete: boolean;
}

export class ShapeLog {
  /** Each a whole JSON array. */
  readonly chunks: Buffer[] = [];
  private readonly segments: Segment[] = [];
  /** Indexes of the segments that end a chunk of the log, ascending. */
  private readonly chunkEnds: number[] = [];
  private sinceChunk = 0;
  private size = 0;
  private chunkSize = 0;

  /** @param chunkBytes a chunk of the log ends with the segment that reaches this size */
  constructor(private readonly chunkBytes: number) {}

  /** Bytes held, with what the bookkeeping costs. */
  get bytes(): number {
    return this.size;
  }

  /** The snapshot's share of `bytes`. */
  get snapshotBytes(): number {
    return this.chunkSize;
  }

  /** Position of the last message of the log, or the end of the snapshot. */
  get last(): Position {
    const segment = this.segments.at(-1);
    return segment ? { tx: segment.tx, op: segment.ops.at(-1)! } : snapshotEnd;
  }

  addChunk(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.chunkSize += chunk.length + segmentOverhead;
    this.size += chunk.length + segmentOverhead;
  }

  append(segment: Segment): void {
    this.segments.push(segment);
    this.size += segmentSize(segment);
    this.sinceChunk += segment.bytes.length;
    if (this.sinceChunk >= this.chunkBytes) {
      this.chunkEnds.push(this.segments.length - 1);
      this.sinceChunk = 0;
    }
  }

  /** The messages after `from` up to the end of their chunk. Any position is accepted. */
  read(from: Position): LogRange {
    const first = this.firstAfter(from);
    if (first >= this.segments.length) return { parts: [], end: from, complete: true };
    const last = this.lastIndexAfter(first);
    const parts: Buffer[] = [];
    for (let i = first; i <= last; i++) {
      const segment = this.segments[i]!;
      parts.push(i === first ? rest(segment, from) : segment.bytes);
    }
    return { parts, end: this.endOf(last)!, complete: last === this.segments.length - 1 };
  }

  /** As `read`, one text for each message. */
  readMessages(from: Position): { messages: string[]; end: Position; complete: boolean } {
    const first = this.firstAfter(from);
    if (first >= this.segments.length) return { messages: [], end: from, complete: true };
    const last = this.lastIndexAfter(first);
    const messages: string[] = [];
    for (const segment of this.segments.slice(first, last + 1)) {
      const skipped = firstOp(segment, from);
      for (let i = skipped; i < segment.ops.length; i++) {
        messages.push(
          segment.bytes.toString('utf8', i === 0 ? 0 : segment.ends[i - 1]! + 1, segment.ends[i]),
        );
      }
    }
    return { messages, end: this.endOf(last)!, complete: last === this.segments.length - 1 };
  }

  /** Forgets everything; the size becomes 0. */
  clear(): void {
    this.chunks.length = 0;
    this.segments.length = 0;
    this.chunkEnds.length = 0;
    this.size = 0;
    this.chunkSize = 0;
  }

  /** Index of the first segment that has a message after the position. */
  private firstAfter(from: Position): number {
    return lowerBound(this.segments.length, (i) => comparePositions(this.endOf(i)!, from) > 0);
  }

  /** Index of the last segment of the chunk that holds segment `first`. */
  private lastIndexAfter(first: number): number {
    const at = lowerBound(this.chunkEnds.length, (i) => this.chunkEnds[i]! >= first);
    return this.chunkEnds[at] ?? this.segments.length - 1;
  }

  private endOf(index: number): Position | undefined {
    const segment = this.segments[index];
    return segment && { tx: segment.tx, op: segment.ops.at(-1)! };
  }
}

/** Index of the segment's first message after the position, which lies before its end. */
function firstOp(segment: Segment, from: Position): number {
  if (segment.tx !== from.tx || segment.ops[0]! > from.op) return 0;
  return lowerBound(segment.ops.length, (i) => segment.ops[i]! > from.op);
}

/** The segment's messages after the position. */
function rest(segment: Segment, from: Position): Buffer {
  const index = firstOp(segment, from);
  return index === 0 ? segment.bytes : segment.bytes.subarray(segment.ends[index - 1]! + 1);
}

/** The first index for which `holds` is true, given that it stays true after; `count` when there is none. */
function lowerBound(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
