// The one store of this tab: opened for the person who is signed in, closed when another takes over.
import { openStore } from '../store/open';
import type { Store } from '../store/store';

let current: Store | null = null;

export function storeFor(userId: string): Store {
  if (current?.userId === userId) return current;
  void current?.close();
  current = openStore({ userId });
  return current;
}

/** Call after the store was closed or removed. */
export function dropStore(): void {
  current = null;
}
