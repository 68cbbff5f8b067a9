// How much one connection may send: a bucket that fills again with time.

export class Allowance {
  #left: number;
  #at = performance.now();

  /**
   * @param perSecond what is allowed on the average
   * @param burst how many seconds' worth may come at once
   */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.#left = perSecond * burst;
  }

  /** @returns false when it is used up */
  take(amount: number): boolean {
    this.#fill();
    this.#left -= amount;
    return this.#left >= 0;
  }

  /** @returns seconds until there is something left again; 0: there is */
  secondsUntil(): number {
    this.#fill();
    return Math.max(0, -this.#left / this.perSecond);
  }

  isFull(): boolean {
    this.#fill();
    return this.#left >= this.perSecond * this.burst;
  }

  #fill(): void {
    const now = performance.now();
    const most = this.perSecond * this.burst;
    this.#left = Math.min(most, this.#left + ((now - this.#at) / 1000) * this.perSecond);
    this.#at = now;
  }
}
