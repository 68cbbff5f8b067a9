// What devices wait for, by the ids that they gave their polls: a device says each poll in full once, and then only names
// it. What is forgotten here costs a device one request more.
import { randomUUID } from 'node:crypto';
import type { Asked } from './proxy';

/** The polls of one device's live requests, one request after the other. */
export interface Line {
  readonly name: string;
  readonly userId: string;
  readonly polls: Map<string, Asked>;
  /** Characters, about. */
  size: number;
  /** By performance.now(). */
  usedAt: number;
}

/** A device asks again at once, or it comes with everything, ms. */
const UNUSED = 60_000;
/** Characters of all lines, about: what was not used for longest goes. */
const MOST = 32_000_000;
/** Polls beyond those of the last request: they were answered, or their device ended them. */
const SPARE = 32;

export class KnownPolls {
  /** Those that were used last are at the end. */
  readonly #lines = new Map<string, Line>();
  #size = 0;

  get count(): number {
    return this.#lines.size;
  }

  /** @returns the line of this name, if it is this person's and known; else a new one */
  line(name: string | undefined, userId: string): Line {
    const now = performance.now();
    const known = name === undefined ? undefined : this.#lines.get(name);
    if (known?.userId === userId && now - known.usedAt <= UNUSED) {
      known.usedAt = now;
      return known;
    }
    return { name: randomUUID(), userId, polls: new Map(), size: 1_000, usedAt: now };
  }

  /** A poll was said in full. */
  add(line: Line, id: string, asked: Asked): void {
    const before = line.polls.get(id)?.size ?? 0;
    line.polls.set(id, asked);
    this.#resize(line, asked.size - before);
  }

  /**
   * The device may name the polls of this line from now on.
   * @param asked the polls of its last request
   */
  keep(line: Line, asked: readonly { readonly id: string }[]): void {
    if (line.polls.size > asked.length + SPARE) this.#prune(line, new Set(asked.map(({ id }) => id)));
    this.#forget(line);
    this.#lines.set(line.name, line);
    this.#size += line.size;
    for (const oldest of this.#lines.values()) {
      if (this.#size <= MOST && line.usedAt - oldest.usedAt <= UNUSED) break;
      this.#forget(oldest);
    }
  }

  #prune(line: Line, still: ReadonlySet<string>): void {
    for (const [id, { size }] of line.polls) {
      if (still.has(id)) continue;
      line.polls.delete(id);
      this.#resize(line, -size);
    }
  }

  #resize(line: Line, by: number): void {
    line.size += by;
    if (this.#lines.get(line.name) === line) this.#size += by;
  }

  #forget(line: Line): void {
    if (this.#lines.get(line.name) !== line) return;
    this.#lines.delete(line.name);
    this.#size -= line.size;
  }
}
