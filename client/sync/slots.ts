// A number of slots that are taken in turn: so many requests at the same time, the others wait.

export class Slots {
  #taken = 0;
  #queue: (() => void)[] = [];

  constructor(private readonly count: number) {}

  /** Somebody waits for one. */
  get wanted(): boolean {
    return this.#queue.length > 0;
  }

  /** @returns what gives the slot back; to be called once. @throws the signal's reason */
  async enter(signal?: AbortSignal): Promise<() => void> {
    if (this.#taken >= this.count) {
      await new Promise<void>((go, fail) => {
        const wait = () => {
          signal?.removeEventListener('abort', leave);
          go();
        };
        const leave = () => {
          this.#queue = this.#queue.filter((one) => one !== wait);
          fail(signal?.reason);
        };
        signal?.throwIfAborted();
        this.#queue.push(wait);
        signal?.addEventListener('abort', leave, { once: true });
      });
    } else this.#taken++;
    return () => {
      const next = this.#queue.shift();
      // The slot goes from one to the next.
      if (next) next();
      else this.#taken--;
    };
  }
}
