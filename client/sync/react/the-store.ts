// The one store of this tab: opened for the person who is signed in, closed when another takes over.
import { openStore } from '../open';
import type { Store } from '../store';

let current: Store | null = null;

export function storeFor(userId: string): Store {
  if (current?.userId === userId) return current;
  void current?.close();
  const store = openStore({ userId });
  current = store;
  let kept = 0;
  store.onStatus(() => {
    const { heardAt } = store.status();
    if (heardAt === null || heardAt - kept < KEEP_MS) return;
    kept = heardAt;
    try {
      localStorage.setItem(heardKey(userId), String(heardAt));
    } catch {
      // Storage is full or closed to us: it is only a convenience.
    }
  });
  return store;
}

/** How often the time of the last word from the server is kept, ms. */
const KEEP_MS = 5_000;
const heardKey = (userId: string) => `outpost.heard.${userId}`;

/** When the server was last heard by this browser, also before this start of the app; null: never. */
export function lastHeard(userId: string): number | null {
  try {
    return Number(localStorage.getItem(heardKey(userId))) || null;
  } catch {
    return null;
  }
}

/** Call after the store was closed or removed. */
export function dropStore(): void {
  current = null;
}
