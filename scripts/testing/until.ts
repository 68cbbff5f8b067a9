// Waiting for a condition in a test, with a deadline instead of a guess.

/**
 * Polls until the predicate gives something true, and returns that.
 * @param what or what says it, with how things stand, when it is in vain
 * @throws after `patience` ms
 */
export async function until<T>(
  what: string | (() => string),
  predicate: () => T | Promise<T>,
  patience = 20_000,
): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + patience; ; ) {
    const value = await predicate();
    if (value) return value;
    if (Date.now() > deadline) {
      throw new Error(`waited ${patience} ms in vain for: ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}
