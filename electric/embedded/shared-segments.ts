// Segments that several shapes have in common: when shapes of the same columns take the same changes of a transaction,
// the bytes are made once and held once. (Each shape's size still counts them, so the cap is kept either way.)
import type { OpenMessage } from './change-json';
import type { Lsn } from './position';
import { makeSegment, type Segment } from './shape-log';

interface Made {
  readonly tx: Lsn;
  readonly messages: readonly OpenMessage[];
  readonly last: boolean;
  readonly segment: Segment;
}

/** Segments remembered, the newest; shapes that share one ask for it one after another. */
const most = 32;

export class SharedSegments {
  private readonly made = new Map<string, Made>();

  /** @param messages of one transaction in its order, not changed afterwards; `last` when they end it */
  make(tx: Lsn, messages: readonly OpenMessage[], last: boolean): Segment {
    const key = `${messages[0]!.op}/${messages.length}/${messages[0]!.text.length}`;
    const known = this.made.get(key);
    if (known && known.tx === tx && known.last === last && sameMessages(known.messages, messages)) {
      return known.segment;
    }
    const segment = makeSegment(tx, messages, last);
    this.made.delete(key);
    this.made.set(key, { tx, messages, last, segment });
    if (this.made.size > most) this.made.delete(this.made.keys().next().value!);
    return segment;
  }

  /** The transaction is over. */
  clear(): void {
    this.made.clear();
  }
}

/** The same objects: a codec gives the same ones to every shape that asks for the same change. */
function sameMessages(a: readonly OpenMessage[], b: readonly OpenMessage[]): boolean {
  return a.length === b.length && a.every((message, i) => message === b[i]);
}
