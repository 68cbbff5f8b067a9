// Where a request to write is worked on, so that a large one holds up nobody else (A5): small ones here, large ones in a
// thread, one of each person and few of all together; and how many operations a person may send in the long run.
import { Worker } from 'node:worker_threads';
import type { Pool } from 'pg';
import type { Person } from '../deps';
import { ApiFailure } from '../errors';
import type { DocumentName } from '../page/keeper';
import { Allowance } from '../page/rate';
import type { Lineage } from './lineage';
import { Turns, tooMuch } from './turns';
import { answerWrite } from './write-request';
import type { ThreadAnswer, ThreadJob } from './write-thread-work';

/** Bytes of a body that is read and checked at once: some 10 ms. Devices send 256,000 at a time at the most. */
const AT_ONCE = 100_000;
/** Large requests at once, of all people together. */
export const LARGE = 2;
/** Operations per second in the long run, and seconds' worth that may come at once: a largest transaction, and more. */
const OPERATIONS = { perSecond: 1_000, burst: 60 } as const;
/** The thread ends when nothing was to do for so long, ms. */
const IDLE = 60_000;
/** MB. A body of 16 MB with the most values takes some 300. */
const HEAP = 2_048;

export interface Written {
  /** Of the response. */
  readonly json: Uint8Array<ArrayBuffer>;
  readonly written: readonly DocumentName[];
}

interface Running {
  resolve(answer: ThreadAnswer): void;
  reject(error: Error): void;
}

export class WriteDoor {
  readonly #large = new Turns({ atOnce: LARGE, perPerson: 1, waiting: 100 });
  /** Of people who have sent something lately. */
  readonly #allowances = new Map<string, Allowance>();
  #thread: Worker | null = null;
  #running = new Map<number, Running>();
  #next = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    readonly pool: Pool,
    readonly lineage: Lineage,
    private readonly databaseUrl: string,
    private readonly operations: { readonly perSecond: number; readonly burst: number } = OPERATIONS,
  ) {}

  /** @throws ApiFailure 'busy' with a time to come again: the person has sent too much lately */
  admit({ id }: Person): void {
    const seconds = this.#allowances.get(id)?.secondsUntil() ?? 0;
    if (seconds > 0) throw tooMuch(Math.ceil(seconds));
  }

  /**
   * @param body of the request; not to be used any more afterwards
   * @throws ApiFailure; ClientGone when the signal aborts before it is its turn
   */
  async answer(person: Person, body: Buffer<ArrayBuffer>, signal: AbortSignal): Promise<Written> {
    const answer =
      body.byteLength <= AT_ONCE
        ? await this.#here(person, body)
        : await this.#large.run(person.id, 1, () => this.#inThread(person, body), signal);
    this.#spend(person, answer.operations);
    return answer;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread?.terminate();
  }

  async #here(person: Person, body: Buffer): Promise<Written & { operations: number }> {
    const { response, written } = await answerWrite(this, person, body);
    const operations = response.answers.reduce((sum, { verdicts }) => sum + verdicts.length, 0);
    return { json: new TextEncoder().encode(JSON.stringify(response)), written, operations };
  }

  async #inThread(person: Person, body: Buffer<ArrayBuffer>): Promise<Written & { operations: number }> {
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      const job: ThreadJob = { id: this.#next++, person, body };
      this.#running.set(job.id, { resolve, reject });
      clearTimeout(this.#idle);
      this.#thread ??= this.#start();
      this.#thread.postMessage(job, body.buffer.byteLength === body.byteLength ? [body.buffer] : []);
    });
    if ('done' in answer) return answer.done;
    if ('failure' in answer) {
      const { kind, sentence, detail, retryAfter } = answer.failure;
      throw new ApiFailure(kind, sentence, detail, retryAfter);
    }
    throw Object.assign(new Error(answer.error.message), answer.error);
  }

  #start(): Worker {
    const thread = new Worker(new URL('./write-thread-start.mjs', import.meta.url), {
      execArgv: [],
      workerData: { databaseUrl: this.databaseUrl },
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
    });
    thread.unref();
    thread.on('message', (answer: ThreadAnswer) => {
      this.#running.get(answer.id)?.resolve(answer);
      this.#running.delete(answer.id);
      if (this.#running.size > 0) return;
      this.#idle = setTimeout(() => {
        this.#thread = null;
        void thread.terminate();
      }, IDLE).unref();
    });
    const over = (reason: string) => {
      if (this.#thread !== thread) return;
      this.#thread = null;
      const running = [...this.#running.values()];
      this.#running.clear();
      // What was committed is answered when it is sent again (W2).
      for (const { reject } of running) reject(new Error(`the thread of large writes ended: ${reason}`));
    };
    thread.on('error', (error) => over(error.message));
    thread.on('exit', (code) => over(`code ${code}`));
    return thread;
  }

  #spend({ id }: Person, operations: number): void {
    const known = this.#allowances.get(id);
    const allowance = known ?? new Allowance(this.operations.perSecond, this.operations.burst);
    allowance.take(operations);
    this.#allowances.set(id, allowance);
    for (const [other, theirs] of this.#allowances) if (theirs.isFull()) this.#allowances.delete(other);
  }
}
