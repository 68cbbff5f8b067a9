// What each peer's page does, so that all are asked the same: Outpost's own table of tasks, a live list, a write, a
// search. The pages are in peers/pages; the program that drives them is peer-run.ts.
import type { GeneratedTask } from './generated-tasks';

/** A task as a list shows it. */
export interface Shown {
  readonly id: string;
  readonly title: string;
}

/**
 * A library with one table of tasks (id, title, description, status, priority, position), an index for the list and, where it
 * has one, an index for words. The list is the first hundred tasks with status 'todo', by position and id.
 */
export interface PeerDatabase {
  /** Opens what is stored, or makes it. Resolves when it can be written. */
  open(): Promise<void>;
  /** Whether there are tasks. */
  isFilled(): Promise<boolean>;
  /** Inserts all in the way that the library has for many. Resolves when they are as durable as it promises. */
  insert(tasks: readonly GeneratedTask[]): Promise<void>;
  /** Calls back with the list now, and whenever it has changed. Resolves when it has called for the first time. */
  watch(changed: (rows: readonly Shown[]) => void): Promise<void>;
  /** The same list, asked once. */
  list(): Promise<readonly Shown[]>;
  /** @returns the title of one task */
  point(id: string): Promise<string | undefined>;
  /** Resolves when the write is as durable as the library promises. */
  setTitle(id: string, title: string): Promise<void>;
  /** At most 50 tasks that have all the words in their title or description. */
  search(words: string): Promise<readonly Shown[]>;
}

/** Samples of what was done again and again, ms each. */
export interface UseSamples {
  /** From the call of a write to its promise: as durable as it promises. */
  readonly durable: readonly number[];
  /** From the call of a write to the live list's new rows in the page. */
  readonly live: readonly number[];
  /** From the call of a write to the frame that shows it. */
  readonly painted: readonly number[];
  readonly list: readonly number[];
  readonly point: readonly number[];
  /** From the call to the hits in the page. */
  readonly search: readonly number[];
}

/** What a page puts on `window.peer` (a promise of it). */
export interface PeerPage {
  /**
   * Fetches so many tasks and inserts them, where there are none yet.
   * @returns ms from the first call to the library until they are as durable as it promises
   */
  load(count: number): Promise<number>;
  /** @param times how often each thing is done; the first time of each warms up and does not count */
  use(times: number): Promise<UseSamples>;
}

declare global {
  interface Window {
    peer: Promise<PeerPage>;
  }
}

/** The mark that a page sets when it can be written. */
export const writableMark = 'peer:writable';
