// The part of one transaction that concerns one shape, while it arrives: messages as text, turned into bytes from
// time to time, with the last one kept open because it must say that it is the last.
import type { OpenMessage } from './change-json';
import type { Lsn } from './position';
import { type Segment, segmentSize } from './shape-log';
import type { SharedSegments } from './shared-segments';

/** Text is turned into bytes when it reaches this length, so that a big transaction does not fill the heap. */
const longestText = 256 * 1024;

export class OpenTransaction {
  /** Bytes held, not counting text that is not bytes yet. */
  bytes = 0;
  private readonly segments: Segment[] = [];
  private messages: OpenMessage[] = [];
  private textLength = 0;
  private readonly flushAt: number;

  /**
   * @param lsn what clients are told
   * @param chunkBytes segments do not get much longer than this
   * @param shared the segments of other shapes
   */
  constructor(
    private readonly lsn: Lsn,
    chunkBytes: number,
    private readonly shared: SharedSegments,
  ) {
    this.flushAt = Math.min(longestText, chunkBytes);
  }

  /** @returns whether `bytes` has changed */
  add(messages: readonly OpenMessage[]): boolean {
    const before = this.bytes;
    for (const message of messages) {
      if (this.textLength >= this.flushAt) this.flush(false);
      this.messages.push(message);
      this.textLength += message.text.length;
    }
    return this.bytes !== before;
  }

  /** The whole transaction; empty when nothing was added. */
  finish(): readonly Segment[] {
    if (this.messages.length > 0) this.flush(true);
    return this.segments;
  }

  private flush(last: boolean): void {
    const segment = this.shared.make(this.lsn, this.messages, last);
    this.segments.push(segment);
    this.bytes += segmentSize(segment);
    this.messages = [];
    this.textLength = 0;
  }
}
