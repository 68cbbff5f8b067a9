// Sends what light mode wrote, from a page of light mode or from the engine of the full app; of all tabs one at a time.
import { type SessionAnswer, sessionAnswer } from '../../../db/sync/wire';
import { type Link, LinkError, readJson } from '../link';
import { Sender } from '../sender';
import { problemOf, type SyncProblem, syncProblem } from '../sync-problem';
import type { LightFiles } from './files';
import { LightOutbox } from './outbox';
import type { LightState } from './state';

export interface SendingOptions {
  readonly files: LightFiles;
  readonly link: Link;
  /** Names the lock: tabs of one person share it. */
  readonly name: string;
  /** After each step, with what is stored now. */
  changed(state: LightState): void;
  /** The session as the server says it. */
  identified?(answer: SessionAnswer): void;
  sending?(is: boolean): void;
  /** What stands in the way; null: nothing any more. */
  problem(found: SyncProblem | null): void;
}

export class LightSending {
  readonly #outbox: LightOutbox;
  readonly #sender: Sender;
  #meeting: Promise<void> | null = null;
  #met = false;
  /** Times in a row that the store failed. */
  #failures = 0;
  #closed = new AbortController();

  constructor(private readonly options: SendingOptions) {
    const { files, link } = options;
    this.#outbox = new LightOutbox(files, (state) => {
      this.#failures = 0;
      options.changed(state);
    });
    this.#sender = new Sender(link, this.#outbox, {
      stranger: () => void this.#meet(),
      sending: (is) => options.sending?.(is),
      problem: (found) => options.problem(found),
      failed: () => {
        options.problem(syncProblem('not-stored'));
        void link.pause(this.#closed.signal, ++this.#failures).then(
          () => this.wake(),
          () => {},
        );
      },
    });
    void this.#inTurn(async () => {
      await this.#meet();
      await ended(this.#closed.signal);
    });
  }

  /** There may be something to send: it was written, or the network or the session is back. */
  wake(): void {
    if (this.#met) this.#sender.wake();
  }

  /** Resolves when nothing of it touches the store any more. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#sender.close();
    await this.#meeting?.catch(() => {});
  }

  /** A browser without locks sends from each tab: a transaction takes effect once all the same. */
  async #inTurn(run: () => Promise<void>): Promise<void> {
    const { signal } = this.#closed;
    if (typeof navigator === 'object' && 'locks' in navigator) {
      await navigator.locks.request(`sync light ${this.options.name}`, { signal }, run).catch(() => {});
    } else await run();
  }

  /** Asks the server which database it is, until it says so; then what waits is sent. */
  #meet(): Promise<void> {
    this.#meeting ??= this.#ask().finally(() => {
      this.#meeting = null;
    });
    return this.#meeting;
  }

  async #ask(): Promise<void> {
    const { files, link } = this.options;
    const { signal } = this.#closed;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        const mark = (await files.read())?.mark;
        const query = mark ? `?${new URLSearchParams({ ...mark })}` : '';
        const sentAt = Date.now();
        const response = await link.patiently(`/api/session${query}`, { signal });
        const answer = sessionAnswer.safeParse(await readJson(response));
        if (signal.aborted) return;
        if (answer.success) {
          link.heard();
          this.options.identified?.(answer.data);
          await this.#outbox.meet(answer.data, { sentAt, heardAt: Date.now() });
          this.options.problem(null);
          this.#met = true;
          this.#sender.met();
          return;
        }
        this.options.problem(syncProblem('unreadable'));
      } catch (error) {
        if (signal.aborted) return;
        this.options.problem(error instanceof LinkError ? problemOf(error) : syncProblem('not-stored'));
      }
      await link.pause(signal, failures).catch(() => {});
    }
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
