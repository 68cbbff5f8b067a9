// Work on documents that somebody hostile may have made as costly as they can: done in a thread of its own, one job
// after the other, and the thread is ended when a job takes too long. What a thread is, the platform says.

/** What comes back from a thread: once that it is ready, then one answer for each job, in order. */
export type ThreadAnswer<Out> =
  | { readonly ready: true }
  | { readonly ready: false; readonly value: Out }
  | { readonly ready: false; readonly error: string };

export interface Thread<In> {
  post(job: In): void;
  /** Ends it at once, whatever it is doing. */
  end(): void;
}

export interface ThreadEvents<Out> {
  answered(answer: ThreadAnswer<Out>): void;
  /** It ended by itself, or could not be started. */
  died(reason: string): void;
}

/** Takes longer, or more memory, than it may. */
export class TooCostly extends Error {
  override readonly name = 'TooCostly';
}

export interface BoundedOptions {
  /** ms that one job may take. */
  readonly limit: number;
  /** After so long without a job the thread is ended, and what it holds is free; ms. */
  readonly idle: number;
}

/** A thread may take this long until it is ready, ms: code is loaded. */
const STARTING = 60_000;

interface Waiting<In, Out> {
  readonly job: In;
  resolve(value: Out): void;
  reject(error: Error): void;
}

export class Bounded<In, Out> {
  #thread: Thread<In> | null = null;
  #ready = false;
  /** The first one is the thread's job once it is ready. */
  #jobs: Waiting<In, Out>[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    private readonly start: (events: ThreadEvents<Out>) => Thread<In>,
    private readonly options: BoundedOptions,
  ) {}

  /** @throws TooCostly; Error with what the job threw, or why there is no thread */
  run(job: In): Promise<Out> {
    if (this.#closed) return Promise.reject(new Error('closed'));
    return new Promise((resolve, reject) => {
      this.#jobs.push({ job, resolve, reject });
      if (this.#jobs.length === 1) this.#next();
    });
  }

  /** What is under way fails. */
  close(): void {
    this.#closed = true;
    this.#drop();
    for (const { reject } of this.#jobs.splice(0)) reject(new Error('closed'));
  }

  #next(): void {
    clearTimeout(this.#timer);
    const [first] = this.#jobs;
    if (!first) {
      this.#timer = quietly(setTimeout(() => this.#drop(), this.options.idle));
      return;
    }
    if (!this.#thread) this.#open();
    else if (this.#ready) {
      this.#timer = setTimeout(
        () => this.#lost(new TooCostly(`took longer than ${this.options.limit} ms`)),
        this.options.limit,
      );
      this.#thread.post(first.job);
    }
  }

  #open(): void {
    this.#timer = setTimeout(() => this.#lost(new Error('the thread did not start')), STARTING);
    let mine: Thread<In> | null = null;
    const isCurrent = () => this.#thread === mine;
    try {
      mine = this.start({
        answered: (answer) => {
          if (isCurrent()) this.#heard(answer);
        },
        died: (reason) => {
          // A thread dies of a job only for want of memory: what a job throws, it answers.
          if (isCurrent()) this.#lost(this.#ready ? new TooCostly(reason) : new Error(reason));
        },
      });
      this.#thread = mine;
    } catch (error) {
      this.#lost(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #heard(answer: ThreadAnswer<Out>): void {
    if (answer.ready) this.#ready = true;
    else {
      const done = this.#jobs.shift();
      if ('error' in answer) done?.reject(new Error(answer.error));
      else done?.resolve(answer.value);
    }
    this.#next();
  }

  /** The first job is given up with its thread; the others get a new one. */
  #lost(error: Error): void {
    this.#drop();
    this.#jobs.shift()?.reject(error);
    this.#next();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#thread?.end();
    this.#thread = null;
    this.#ready = false;
  }
}

/** In Node a timer that only waits to tidy up does not hold the process. */
function quietly(timer: ReturnType<typeof setTimeout>): ReturnType<typeof setTimeout> {
  if (typeof timer === 'object') timer.unref();
  return timer;
}

/**
 * The other side, in the thread: answers each job, also when it throws.
 * @returns what takes a job
 */
export function answering<In, Out>(
  work: (job: In) => Out,
  post: (answer: ThreadAnswer<Out>) => void,
): (job: In) => void {
  post({ ready: true });
  return (job) => {
    try {
      post({ ready: false, value: work(job) });
    } catch (error) {
      post({ ready: false, error: error instanceof Error ? error.message : String(error) });
    }
  };
}
