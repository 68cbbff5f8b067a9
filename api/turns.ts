// Taking turns: how many may do the same thing at once, and how many may wait for it.

/** `run` was not called. */
export class TooManyWait extends Error {
  override readonly name = 'TooManyWait';
}

/** At most `width` of one key run together; the others wait in the order in which they came. */
export class Turns {
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(
    private readonly width: number,
    private readonly most: number,
  ) {}

  /** @throws TooManyWait when `most` wait already; whatever `run` throws */
  async take<T>(key: string, run: () => Promise<T>): Promise<T> {
    await this.#enter(key);
    try {
      return await run();
    } finally {
      this.#leave(key);
    }
  }

  async #enter(key: string): Promise<void> {
    const running = this.#running.get(key) ?? 0;
    if (running < this.width) {
      this.#running.set(key, running + 1);
      return;
    }
    const queue = this.#waiting.get(key) ?? [];
    if (queue.length >= this.most) throw new TooManyWait();
    this.#waiting.set(key, queue);
    // Whoever leaves hands on its turn.
    await new Promise<void>((go) => queue.push(go));
  }

  #leave(key: string): void {
    const queue = this.#waiting.get(key);
    const next = queue?.shift();
    if (queue?.length === 0) this.#waiting.delete(key);
    if (next) {
      next();
      return;
    }
    const running = this.#running.get(key)! - 1;
    if (running === 0) this.#running.delete(key);
    else this.#running.set(key, running);
  }
}
