// The part of one transaction that concerns one shape, while it arrives: messages as text, turned into bytes from
// time to time, with the last one kept open because it must say that it is the last.
import { closeLastMessage, closeMessage, type OpenMessage } from './change-json';
import type { Lsn } from './position';
import { makeSegment, type Segment, segmentSize } from './shape-log';

/** Text is turned into bytes when it reaches this length, so that a big transaction does not fill the heap. */
const longestText = 256 * 1024;

export class OpenTransaction {
  /** Bytes held, not counting text that is not bytes yet. */
  bytes = 0;
  private readonly segments: Segment[] = [];
  private messages: string[] = [];
  private ops: number[] = [];
  private textLength = 0;
  private last: OpenMessage | undefined;
  private readonly flushAt: number;

  /**
   * @param lsn what clients are told
   * @param chunkBytes segments do not get much longer than this
   */
  constructor(
    private readonly lsn: Lsn,
    chunkBytes: number,
  ) {
    this.flushAt = Math.min(longestText, chunkBytes);
  }

  /** @returns whether `bytes` has changed */
  add(messages: readonly OpenMessage[]): boolean {
    const before = this.bytes;
    for (const message of messages) {
      if (this.last) this.close(closeMessage(this.last.text), this.last.op);
      this.last = message;
      if (this.textLength >= this.flushAt) this.flush();
    }
    return this.bytes !== before;
  }

  /** The whole transaction; empty when nothing was added. */
  finish(): readonly Segment[] {
    if (this.last) {
      this.close(closeLastMessage(this.last.text), this.last.op);
      this.last = undefined;
      this.flush();
    }
    return this.segments;
  }

  private close(text: string, op: number): void {
    this.messages.push(text);
    this.ops.push(op);
    this.textLength += text.length;
  }

  private flush(): void {
    const segment = makeSegment(this.lsn, this.ops, this.messages);
    this.segments.push(segment);
    this.bytes += segmentSize(segment);
    this.messages = [];
    this.ops = [];
    this.textLength = 0;
  }
}
