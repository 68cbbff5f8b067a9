// The one store of this tab: opened for the person who is signed in, closed when another takes over.

import { recall, remember } from '../../kit/remember';
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
    remember(heardKey(userId), heardAt);
  });
  return store;
}

/** How often the time of the last word from the server is kept, ms. */
const KEEP_MS = 5_000;
const heardKey = (userId: string) => `heard.${userId}`;

/** When the server was last heard by this browser, also before this start of the app; null: never. */
export const lastHeard = (userId: string): number | null => recall<number>(heardKey(userId));

/** Call after the store was closed or removed. */
export function dropStore(): void {
  current = null;
}
