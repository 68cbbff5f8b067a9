// The server's threads for work on bodies that people wrote: the event loop never waits for Yjs. One puts documents
// together, others check updates before they are taken, so that none waits for the other.
import { Worker } from 'node:worker_threads';
import { Bounded, type ThreadAnswer } from '../../db/page/bounded';
import type { UpdateFault } from '../../db/page/update';
import type { Job, Joined } from './thread-work';

/** One job may take this long, ms. A paper of 260,000 edits takes 2,700 when none is compacted, and 200 when they are. */
const LIMIT = 5_000;
const IDLE = 60_000;
/** MB; more is a document that is too costly. */
const HEAP = 1_024;

type Done = Joined | (UpdateFault | null)[];

/** Starts when the first job comes, ends when none comes for a while, and never holds the process. */
export class DocumentThread {
  readonly #bounded: Bounded<Job, Done>;

  /** @param limit ms for one job */
  constructor(limit = LIMIT) {
    this.#bounded = new Bounded(
      (events) => {
        const worker = new Worker(new URL('./thread-start.mjs', import.meta.url), {
          execArgv: [],
          resourceLimits: { maxOldGenerationSizeMb: HEAP },
        });
        worker.unref();
        worker.on('message', (answer: ThreadAnswer<Done>) => events.answered(answer));
        worker.on('error', (error) => events.died(error.message));
        worker.on('exit', (code) => events.died(`the thread ended with code ${code}`));
        return { post: (job) => worker.postMessage(job), end: () => void worker.terminate() };
      },
      { limit, idle: IDLE },
    );
  }

  /**
   * Puts a document together.
   * @param updates all of its updates, in any order
   * @param merge indices of those that are to become one; null: none
   * @throws TooCostly; Error with what Yjs throws on damaged updates
   */
  async join(updates: readonly Uint8Array[], merge: readonly number[] | null): Promise<Joined> {
    return (await this.#bounded.run({ kind: 'join', updates, merge })) as Joined;
  }

  /** @returns what is wrong with each update, or null. @throws TooCostly */
  async faults(updates: readonly Uint8Array[]): Promise<(UpdateFault | null)[]> {
    return (await this.#bounded.run({ kind: 'check', updates })) as (UpdateFault | null)[];
  }

  /** What is under way fails. */
  close(): void {
    this.#bounded.close();
  }
}

/** Of this process. */
export const joiningThread = new DocumentThread();
export const checkingThread = new DocumentThread();
export const largeCheckingThread = new DocumentThread();
