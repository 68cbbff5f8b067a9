// Makes the words of a body for search. Somebody hostile can make a body that takes for ever to put together, so
// anything but small ones is done in a thread beside the database's, which is ended when it takes too long.
import * as Y from 'yjs';
import { Bounded, type Thread, type ThreadEvents } from '../../../db/page/bounded';
import { textOfUpdates } from '../../../db/page/text';

/** Updates of one body. */
export type WordsJob = readonly Uint8Array[];
export type StartWordsThread = (events: ThreadEvents<string>) => Thread<WordsJob>;

/** ms for one body; a slow phone takes several times what the server takes. */
const LIMIT = 10_000;
/** The thread's memory is given back when nothing was to do for so long, ms. */
const IDLE = 30_000;

/** A body of at most this much is put together at once; the worst that can be made of it takes 40 ms. */
const small = { bytes: 30_000, structs: 400 } as const;

export class DocumentWords {
  readonly #bounded: Bounded<WordsJob, string>;

  /** @param limit ms for one body */
  constructor(start: StartWordsThread, limit = LIMIT) {
    this.#bounded = new Bounded(start, { limit, idle: IDLE });
  }

  /**
   * @param updates all of a body's, in any order
   * @returns '' for a body that is damaged
   * @throws TooCostly; Error when there is no thread
   */
  async of(updates: WordsJob): Promise<string> {
    return isSmall(updates) ? words(updates) : await this.#bounded.run(updates);
  }

  /** What is under way fails. */
  close(): void {
    this.#bounded.close();
  }
}

/** What the thread does: a damaged body has no words. */
export function words(updates: WordsJob): string {
  try {
    return textOfUpdates(updates);
  } catch {
    return '';
  }
}

/** Costs little for whatever is given. */
function isSmall(updates: WordsJob): boolean {
  let bytes: number = small.bytes;
  let structs: number = small.structs;
  for (const update of updates) {
    bytes -= update.byteLength;
    if (bytes < 0) return false;
  }
  try {
    for (const update of updates) {
      structs -= Y.decodeUpdate(update).structs.length;
      if (structs < 0) return false;
    }
    return true;
  } catch {
    return false;
  }
}
