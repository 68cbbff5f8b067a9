// Carries out what the person writes: one local transaction after the other, each called saved when it is on the
// device's storage.
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type { Schema } from '../../db/sync/schema';
import type { Features } from './features';
import { type Changes, wholly } from './live-queries';
import { changesOf, fullSentence, writeLocally } from './local-writes';
import { StoreError, type Written } from './store';
import type { Turns } from './turns';

export interface WriterOptions {
  readonly pg: PGliteInterface;
  readonly schema: Schema;
  readonly features: Features;
  readonly turns: Turns;
  /** Resolves when everything that was committed is on the device's storage. */
  flush(): Promise<void>;
  /**
   * Committed; shown from now on.
   * @param unsent how many local transactions wait to be sent that did not before: 0 or 1
   */
  committed(changes: Changes, unsent: number): void;
  /** Saved. */
  saved(): void;
  /** The device's storage had no room for it. */
  full(): void;
}

export class Writer {
  /** Local transactions under way. */
  #writes = new Set<Promise<Written>>();
  /** Why nothing more is written. */
  #stopped: StoreError | null = null;

  constructor(private readonly options: WriterOptions) {}

  /**
   * Writes nothing more from now on, and waits for what is under way.
   * @param sentence what whoever writes then is told
   * @returns lets it write again
   */
  async stop(sentence: string): Promise<() => void> {
    const stopped = new StoreError('closed', sentence);
    this.#stopped = stopped;
    await Promise.allSettled(this.#writes);
    return () => {
      if (this.#stopped === stopped) this.#stopped = null;
    };
  }

  /** Writes nothing more; what is under way ends as it may. */
  close(): void {
    this.#stopped = new StoreError('closed', 'The store was closed.');
  }

  /**
   * Runs a local transaction and says that it is saved when it is.
   * @param request of a tab (calls.ts); one that took effect before is answered with what it did
   * @param touched tables that it writes beside those that are captured
   * @throws StoreError; then nothing took effect
   */
  async write(
    request: string,
    run: (tx: Transaction) => Promise<void>,
    touched: readonly string[],
  ): Promise<Written> {
    if (this.#stopped) throw this.#stopped;
    const writing = this.#saved(request, run, touched)
      .catch((error: unknown) => {
        if (error instanceof StoreError && error.message === fullSentence) this.options.full();
        throw error;
      })
      .finally(() => this.#writes.delete(writing));
    this.#writes.add(writing);
    return await writing;
  }

  async #saved(
    request: string,
    run: (tx: Transaction) => Promise<void>,
    touched: readonly string[],
  ): Promise<Written> {
    const { pg, schema, features, turns } = this.options;
    let isNew = false;
    const writing = () =>
      writeLocally(pg, schema, request, async (tx) => {
        isNew = true;
        await run(tx);
      });
    const written = await turns.write(request, writing, ({ n, changes }) => {
      const found = new Map([...wholly(touched), ...changesOf(changes)]);
      this.options.committed(found, isNew && n !== null ? 1 : 0);
    });
    await features.written(written.changes);
    // Shown at once; called saved only when it is on the storage.
    await this.options.flush();
    turns.told(request);
    this.options.saved();
    features.saved(written.changes);
    return written;
  }
}
