// One live request that waits: who asked for what, what has come for it, and when it has waited long enough.
import type { SharedAnswer } from './live-answer';

/** What a poll upstream last said when nothing had happened, and when, by performance.now(). */
export interface Quiet {
  readonly quiet: { readonly answer: SharedAnswer; readonly at: number } | null;
  leave(seat: Seat): void;
}

/** One of the request's polls, at the poll upstream that it shares with others. */
export interface Seat {
  readonly wait: Wait;
  readonly id: string;
  /** The client's own cursor. */
  readonly cursor: string | undefined;
  readonly at: Quiet;
  /** Its answer is among the results. */
  answered: boolean;
}

export class Wait {
  readonly since = performance.now();
  /** JSON of the results: those that came, or nothing but that nothing has happened; null: the memberships changed. */
  readonly done: Promise<readonly string[] | null>;
  #resolve!: (results: readonly string[] | null) => void;
  #reject!: (error: Error) => void;
  #results: string[] = [];
  readonly #seats: Seat[] = [];
  #over = false;
  #impatient = false;

  /** @param due it has something to answer with; `end` is called a moment later, so that more can travel with it */
  constructor(private readonly due: (wait: Wait) => void) {
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may fail when nobody listens yet.
    this.done.catch(() => {});
  }

  /** It is answered, or nobody waits any more. */
  get over(): boolean {
    return this.#over;
  }

  sit(seat: Seat): void {
    this.#seats.push(seat);
  }

  /** An answer for one of the polls. */
  take(id: string, cursor: string | undefined, answer: SharedAnswer, seat?: Seat): void {
    if (this.#over) return;
    if (seat) seat.answered = true;
    this.#results.push(answer.text(id, cursor));
    this.due(this);
  }

  /** One of the polls upstream has been told that nothing has happened. @param asked when that poll was asked */
  quiet(asked: number): void {
    if (this.since <= asked) this.#impatient = true;
    if (this.#impatient) this.due(this);
  }

  /** It has waited as long as a long poll does. */
  overdue(): void {
    if (this.#over) return;
    this.#impatient = true;
    const heard = this.#seats.some(({ at }) => at.quiet && at.quiet.at > this.since);
    if (heard || this.#seats.length === 0) this.due(this);
  }

  /** Answers with what there is. */
  end(): void {
    if (this.#over) return;
    if (this.#impatient) {
      for (const { id, cursor, at, answered } of this.#seats) {
        if (!answered && at.quiet && at.quiet.at > this.since)
          this.#results.push(at.quiet.answer.text(id, cursor));
      }
    }
    const results = this.#results;
    this.leave();
    this.#resolve(results);
  }

  /** The memberships are others. */
  changed(): void {
    this.leave();
    this.#resolve(null);
  }

  /** Nobody waits any more. */
  fail(error: Error): void {
    this.leave();
    this.#reject(error);
  }

  /** It waits for nothing any more. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    for (const seat of this.#seats) if (!seat.answered) seat.at.leave(seat);
    this.#seats.length = 0;
    this.#results = [];
  }
}
