// The one store of this tab: opened for the person who is signed in, closed when another takes over.
import { keepWaiting, waitingPrefix } from '../light/waiting';
import type { Store } from '../store';

let current: Store | null = null;

/** @param open opens it; called when the store of this tab is not this person's */
export function storeFor(userId: string, open: (userId: string) => Store): Store {
  if (current?.userId === userId) return current;
  void current?.close();
  const store = open(userId);
  current = store;
  let kept = 0;
  store.onStatus(() => {
    const { database, onlyHere, beside, heardAt } = store.status();
    if (database === 'ready') keepWaiting(userId, onlyHere - beside);
    if (heardAt === null || heardAt - kept < KEEP_MS) return;
    kept = heardAt;
    keepHeard(userId, heardAt);
  });
  return store;
}

/** How often the time of the last word from the server is kept, ms. */
const KEEP_MS = 5_000;
const heardPrefix = 'sync.heard.';
const heardKey = (userId: string) => heardPrefix + userId;

function keepHeard(userId: string, at: number): void {
  try {
    localStorage.setItem(heardKey(userId), String(at));
  } catch {
    // No room, or forbidden: it is not known at the next start, then.
  }
}

/** When the server was last heard by this browser, also before this start of the app; null: never. */
export function lastHeard(userId: string): number | null {
  try {
    return Number(localStorage.getItem(heardKey(userId))) || null;
  } catch {
    return null;
  }
}

/** Removes what lastHeard() and waitingInDatabase() know, of everybody who used this browser. */
export function forgetHeard(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(heardPrefix) || key.startsWith(waitingPrefix)) localStorage.removeItem(key);
  }
}

/** Call after the store was closed or removed. */
export function dropStore(): void {
  current = null;
}
