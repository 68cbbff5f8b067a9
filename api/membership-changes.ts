// Tells whoever waits in this process for it that their memberships may have changed.

export class MembershipChanges {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** This person's memberships have changed. */
  tell(userId: string): void {
    const waiting = [...(this.#waiting.get(userId) ?? [])];
    for (const go of waiting) go();
  }

  /** Resolves at the next change of this person's memberships, or when `signal` aborts. */
  next(userId: string, signal: AbortSignal): Promise<void> {
    return new Promise((go) => {
      if (signal.aborted) return go();
      const theirs = this.#waiting.get(userId) ?? new Set();
      this.#waiting.set(userId, theirs);
      const end = () => {
        theirs.delete(end);
        if (theirs.size === 0 && this.#waiting.get(userId) === theirs) this.#waiting.delete(userId);
        signal.removeEventListener('abort', end);
        go();
      };
      theirs.add(end);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
