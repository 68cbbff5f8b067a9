// The polls of live requests that were answered, for a moment: the next request of the same device names them by their ids
// and says in full only what is new. What is forgotten here costs a device one request more.
import { randomUUID } from 'node:crypto';
import type { Asked } from './proxy';

/** By the ids that the device gave them. */
export type Polls = ReadonlyMap<string, Asked>;

interface Kept {
  readonly userId: string;
  readonly polls: Polls;
  /** The request before: whoever names this one needs that one no more. */
  readonly before: string | undefined;
  readonly size: number;
  /** By performance.now(). */
  readonly at: number;
}

/** A device asks again at once, or it comes with everything, ms. */
const LONGEST = 60_000;
/** Characters of everything, about: the oldest go. */
const MOST = 32_000_000;

export class KnownPolls {
  readonly #kept = new Map<string, Kept>();
  #size = 0;

  get count(): number {
    return this.#kept.size;
  }

  /** @returns the polls of an earlier request of this person; null: they are not known any more */
  find(since: string, userId: string): Polls | null {
    const kept = this.#kept.get(since);
    if (!kept || kept.userId !== userId || performance.now() - kept.at > LONGEST) return null;
    if (kept.before !== undefined) this.#forget(kept.before);
    return kept.polls;
  }

  /**
   * @param before the request that this one named, if any
   * @returns what the next request may name
   */
  keep(userId: string, polls: Polls, before: string | undefined): string {
    let size = 500;
    for (const { size: each } of polls.values()) size += each;
    const at = performance.now();
    const name = randomUUID();
    this.#kept.set(name, { userId, polls, before, size, at });
    this.#size += size;
    for (const [oldest, kept] of this.#kept) {
      if (this.#size <= MOST && at - kept.at <= LONGEST) break;
      this.#forget(oldest);
    }
    return name;
  }

  #forget(name: string): void {
    const kept = this.#kept.get(name);
    if (!kept) return;
    this.#kept.delete(name);
    this.#size -= kept.size;
  }
}
