// Those who wait for something to happen to a shape.

export type WaitResult = 'changed' | 'dropped' | 'timeout' | 'aborted';

export class Waiters {
  private readonly waiting = new Set<(result: WaitResult) => void>();

  get count(): number {
    return this.waiting.size;
  }

  /** Tells everybody who waits now. */
  wake(result: 'changed' | 'dropped'): void {
    for (const finish of [...this.waiting]) finish(result);
  }

  /** Resolves when woken, after `timeout` ms, or when the signal aborts; nothing is kept after that. */
  wait(timeout: number, signal: AbortSignal): Promise<WaitResult> {
    if (signal.aborted) return Promise.resolve('aborted');
    return new Promise((resolve) => {
      const finish = (result: WaitResult) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.waiting.delete(finish);
        resolve(result);
      };
      const abort = () => finish('aborted');
      const timer = setTimeout(() => finish('timeout'), timeout);
      signal.addEventListener('abort', abort);
      this.waiting.add(finish);
    });
  }
}
