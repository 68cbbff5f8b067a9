// Tells whoever waits in this process for it that their memberships may have changed.

export class MembershipChanges {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** This person's memberships have changed. */
  tell(userId: string): void {
    for (const listener of [...(this.#waiting.get(userId) ?? [])]) listener();
  }

  /** Calls at each change of this person's memberships. @returns how to end that */
  listen(userId: string, listener: () => void): () => void {
    const theirs = this.#waiting.get(userId) ?? new Set();
    this.#waiting.set(userId, theirs);
    theirs.add(listener);
    return () => {
      theirs.delete(listener);
      if (theirs.size === 0 && this.#waiting.get(userId) === theirs) this.#waiting.delete(userId);
    };
  }
}
