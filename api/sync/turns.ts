// Fair turns: each person has a few at once, those who wait are asked in turn, person by person, and whoever has too
// much waiting is told to come again later (A5).
import { ClientGone } from '../../electric/proxy';
import { ApiFailure } from './errors';

export interface TurnLimits {
  /** Running at once, of all people together; absent: as many as there are. */
  readonly atOnce?: number;
  /** Running at once, of one person. */
  readonly perPerson: number;
  /** Waiting, of one person: amounts together (see run). */
  readonly waiting: number;
}

interface Waiting {
  readonly amount: number;
  begin(): void;
}

interface Queue {
  running: number;
  amount: number;
  readonly waiting: Waiting[];
}

export class Turns {
  /** Whoever has something running or waiting. The first one is whose turn is next. */
  readonly #people = new Map<string, Queue>();
  #running = 0;

  constructor(private readonly limits: TurnLimits) {}

  /** Of one person. */
  running(person: string): number {
    return this.#people.get(person)?.running ?? 0;
  }

  waiting(person: string): number {
    return this.#people.get(person)?.waiting.length ?? 0;
  }

  /**
   * Runs the work when it is this person's turn.
   * @param amount how much of the person's room it takes while it waits: 1 each, or bytes
   * @param signal whoever waits for it has gone: it is not begun any more
   * @throws ApiFailure 'busy' with a time to come again: the person has too much waiting; ClientGone
   */
  async run<T>(person: string, amount: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#turn(person, amount, signal);
    try {
      return await work();
    } finally {
      this.#running--;
      const queue = this.#people.get(person)!;
      queue.running--;
      this.#behindAll(person, queue);
      this.#next();
    }
  }

  #turn(person: string, amount: number, signal: AbortSignal | undefined): Promise<void> {
    const queue = this.#people.get(person) ?? { running: 0, amount: 0, waiting: [] };
    this.#people.set(person, queue);
    // One is always taken, however large it is.
    if (queue.waiting.length > 0 && queue.amount + amount > this.limits.waiting) {
      return Promise.reject(tooMuch(2));
    }
    return new Promise<void>((resolve, reject) => {
      const gone = () => {
        queue.waiting.splice(queue.waiting.indexOf(waiting), 1);
        queue.amount -= amount;
        reject(new ClientGone());
        this.#next();
      };
      const waiting: Waiting = {
        amount,
        begin: () => {
          signal?.removeEventListener('abort', gone);
          resolve();
        },
      };
      queue.waiting.push(waiting);
      queue.amount += amount;
      if (signal?.aborted) gone();
      else {
        signal?.addEventListener('abort', gone, { once: true });
        this.#next();
      }
    });
  }

  #next(): void {
    for (const [person, queue] of [...this.#people]) {
      if (queue.running === 0 && queue.waiting.length === 0) this.#people.delete(person);
      if (this.#running >= (this.limits.atOnce ?? Number.POSITIVE_INFINITY)) continue;
      if (queue.running >= this.limits.perPerson) continue;
      const waiting = queue.waiting.shift();
      if (!waiting) continue;
      queue.amount -= waiting.amount;
      queue.running++;
      this.#running++;
      this.#behindAll(person, queue);
      waiting.begin();
    }
  }

  /** Whoever was served goes behind all others, once more when it is over: others have come meanwhile. */
  #behindAll(person: string, queue: Queue): void {
    this.#people.delete(person);
    this.#people.set(person, queue);
  }
}

/** @param seconds after which it is worth trying again */
export function tooMuch(seconds: number): ApiFailure {
  return new ApiFailure(
    'busy',
    'This is a lot at once; nothing was lost, and it will be sent again.',
    undefined,
    seconds,
  );
}
