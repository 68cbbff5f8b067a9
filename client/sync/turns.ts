// Local transactions and runs of live queries take turns, so that of each run it is known which writes its rows contain:
// tabs take what they have laid over their rows off by that (overlay.ts).
import type { Answered } from './live-queries';

export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  /** Requests that took effect and whose writers may not have been told so. */
  #holding = new Set<string>();

  /** @returns requests that rows read now contain, and whose results the tabs may not have */
  readonly holding = (): readonly string[] => [...this.#holding];

  /** Runs a live query when it is its turn. */
  async read(run: () => Promise<unknown[]>): Promise<Answered> {
    // What tabs ask meanwhile is heard before, and so goes first.
    await pause();
    return await this.#inTurn(async () => ({ rows: await run(), holding: this.holding() }));
  }

  /**
   * Runs a local transaction when it is its turn.
   * @param committed is called at once when it is committed, before any live query runs again
   */
  async write<T>(request: string, run: () => Promise<T>, committed: (result: T) => void): Promise<T> {
    return await this.#inTurn(async () => {
      const result = await run();
      this.#holding.add(request);
      committed(result);
      return result;
    });
  }

  /** The writer is being told its result: from the next message on, tabs know. */
  told(request: string): void {
    setTimeout(() => this.#holding.delete(request));
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => {});
    return await turn;
  }
}

/** Resolves after messages that have arrived by now: promises alone would let none of them in. */
async function pause(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise<void>((done) => {
    port1.onmessage = () => done();
    port2.postMessage(null);
  });
  port1.close();
}
