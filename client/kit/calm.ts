// The moment from which a start is over: the rows are here and current, or cannot come. What nobody waits for (files for
// later, the service worker's copies, news of the session) begins then, so that it takes nothing from what is waited for.

/** At the latest this long after the page was loaded, ms. */
const patience = 10_000;

let isCalm = false;
let tell = () => {};
const told = new Promise<void>((resolve) => {
  tell = resolve;
});
setTimeout(tellCalm, patience);

/** The start is over, or there was nothing to wait for. */
export function tellCalm(): void {
  isCalm = true;
  tell();
}

/** Runs it at once, or when the start is over. @returns forgets it, if it has not run */
export function whenCalm(run: () => void): () => void {
  if (isCalm) {
    run();
    return () => {};
  }
  let forgotten = false;
  void told.then(() => {
    if (!forgotten) run();
  });
  return () => {
    forgotten = true;
  };
}
