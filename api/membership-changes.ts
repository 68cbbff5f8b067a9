// Tells whoever waits in this process that somebody's memberships may have changed.

export class MembershipChanges {
  #waiting = new Set<() => void>();

  /** Memberships have changed. */
  tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const go of waiting) go();
  }

  /** Resolves at the next change, or when `signal` aborts. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((go) => {
      const end = () => {
        this.#waiting.delete(end);
        signal.removeEventListener('abort', end);
        go();
      };
      if (signal.aborted) return go();
      this.#waiting.add(end);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
