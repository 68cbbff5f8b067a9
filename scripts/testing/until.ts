// Waiting for a condition in a test, with a deadline instead of a guess.

/** Polls until the predicate gives something true, and returns that. @throws after `patience` ms */
export async function until<T>(
  what: string,
  predicate: () => T | Promise<T>,
  patience = 20_000,
): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + patience; ; ) {
    const value = await predicate();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${patience} ms in vain for: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
