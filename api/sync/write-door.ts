// Where a request to write is worked on, so that a large one holds up nobody else (A5): small ones here, large ones in a
// thread, one of each person and few of all together; and how many operations a person may send in the long run.
import { Worker } from 'node:worker_threads';
import { Allowance } from './allowance';
import { ApiFailure } from './errors';
import type { Person } from './sessions';
import { Turns, tooMuch } from './turns';
import { answerWrite, type WritePlace } from './write-request';
import type { ThreadAnswer, ThreadJob } from './write-thread';

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

/** The thread that answers large requests. */
export interface WriteThread {
  /** A TypeScript file of the app that calls answerLargeWrites (write-thread.ts) with its schema and features. */
  readonly entry: URL;
  /** The thread has connections of its own. */
  readonly databaseUrl: string;
}

type Answered = Extract<ThreadAnswer, { done: unknown }>['done'];

interface Running {
  resolve(answer: ThreadAnswer): void;
  reject(error: Error): void;
}

export class WriteDoor {
  readonly #large = new Turns({ atOnce: LARGE, perPerson: 1, waiting: 100 });
  /** Of people who have sent something lately. */
  readonly #allowances = new Map<string, Allowance>();
  #worker: Worker | null = null;
  #running = new Map<number, Running>();
  #next = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly place: WritePlace,
    /** null: large requests are answered here, too; nobody else is answered while one is read. */
    private readonly thread: WriteThread | null,
    private readonly operations: { readonly perSecond: number; readonly burst: number } = OPERATIONS,
  ) {}

  /** @throws ApiFailure 'busy' with a time to come again: the person has sent too much lately */
  admit({ id }: Person): void {
    const seconds = this.#allowances.get(id)?.secondsUntil() ?? 0;
    if (seconds > 0) throw tooMuch(Math.ceil(seconds));
  }

  /**
   * @param body of the request; not to be used any more afterwards
   * @returns the response's JSON
   * @throws ApiFailure; ClientGone when the signal aborts before it is its turn
   */
  async answer(
    person: Person,
    body: Buffer<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const isLarge = body.byteLength > AT_ONCE;
    const run = () =>
      isLarge && this.thread ? this.#inThread(person, body, this.thread) : this.#here(person, body);
    const { json, notes, operations } = await (isLarge ? this.#large.run(person.id, 1, run, signal) : run());
    this.#spend(person, operations);
    for (const [i, feature] of this.place.features.entries()) {
      const theirs = notes[i] ?? [];
      if (theirs.length > 0) feature.committed?.(theirs, person);
    }
    return json;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  async #here(person: Person, body: Buffer): Promise<Answered> {
    const { response, notes } = await answerWrite(this.place, person, body);
    const operations = response.answers.reduce((sum, { verdicts }) => sum + verdicts.length, 0);
    return { json: new TextEncoder().encode(JSON.stringify(response)), notes, operations };
  }

  async #inThread(person: Person, body: Buffer<ArrayBuffer>, thread: WriteThread): Promise<Answered> {
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      const job: ThreadJob = { id: this.#next++, person, body };
      this.#running.set(job.id, { resolve, reject });
      clearTimeout(this.#idle);
      this.#worker ??= this.#start(thread);
      this.#worker.postMessage(job, body.buffer.byteLength === body.byteLength ? [body.buffer] : []);
    });
    if ('done' in answer) return answer.done;
    if ('failure' in answer) {
      const { kind, sentence, detail, retryAfter } = answer.failure;
      throw new ApiFailure(kind, sentence, detail, retryAfter);
    }
    throw Object.assign(new Error(answer.error.message), answer.error);
  }

  #start({ entry, databaseUrl }: WriteThread): Worker {
    const thread = new Worker(new URL('./write-thread-start.mjs', import.meta.url), {
      execArgv: [],
      workerData: { entry: entry.href, databaseUrl },
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
    });
    thread.unref();
    thread.on('message', (answer: ThreadAnswer) => {
      this.#running.get(answer.id)?.resolve(answer);
      this.#running.delete(answer.id);
      if (this.#running.size > 0) return;
      this.#idle = setTimeout(() => {
        this.#worker = null;
        void thread.terminate();
      }, IDLE).unref();
    });
    const over = (reason: string) => {
      if (this.#worker !== thread) return;
      this.#worker = null;
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
