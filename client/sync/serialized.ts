// One run at a time of something that covers all that came before it started.

/**
 * @param run what to do; it takes in everything that is there when it starts
 * @returns a function whose promise resolves after a run that started after the call. Calls that come while one runs
 *   share the next one.
 */
export function serialized(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = () => {
    running = run().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (!running) return start();
    next ??= running
      .catch(() => {})
      .then(() => {
        next = null;
        return start();
      });
    return next;
  };
}
