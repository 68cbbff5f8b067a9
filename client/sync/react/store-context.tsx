// The store in React: one per signed-in person, its status, and live queries as hooks.
import type { Kysely } from 'kysely';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import { toast } from 'sonner';
import type { AppTables, Compilable, Status, Store } from '../store';
import { reuseRows } from './reuse-rows';
import { lastHeard } from './the-store';

const StoreContext = createContext<Store | null>(null);

export function StoreProvider({ store, children }: { store: Store; children: ReactNode }) {
  return <StoreContext value={store}>{children}</StoreContext>;
}

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useStore outside of StoreProvider');
  return store;
}

function onNetwork(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/**
 * The store's status. The browser knows at once that there is no network; the store may still wait for an answer. The
 * time of the server's last word is the one before this start of the app until there is a newer one (C3).
 */
export function useStatus(): Status {
  const store = useStore();
  const status = useSyncExternalStore(store.onStatus.bind(store), store.status.bind(store));
  const cable = useSyncExternalStore(onNetwork, () => navigator.onLine);
  return useMemo(() => {
    const known = status.heardAt === null ? { ...status, heardAt: lastHeard(store.userId) } : status;
    return cable ? known : { ...known, network: 'offline', sending: false };
  }, [cable, status, store]);
}

/** An answer, and what it was asked for. */
export interface Live<R, T> {
  readonly rows: R[];
  readonly tag: T;
}

/**
 * Rows of a query, now and after each change; null makes no query. The rows of the previous query stay until the
 * new one has answered: `tag` says which query the rows belong to. Rows that did not change keep their identity.
 * @param deps when these change, the query is built anew.
 * @returns undefined until the first answer.
 */
export function useLiveTagged<R extends object, T>(
  make: (db: Kysely<AppTables>) => Compilable<R> | null,
  deps: readonly unknown[],
  tag: T,
): Live<R, T> | undefined {
  const store = useStore();
  const [live, setLive] = useState<Live<R, T> | undefined>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says what its query depends on
  useEffect(() => {
    const query = make(store.db);
    if (!query) return setLive(undefined);
    return store.live(
      query,
      (next) =>
        setLive((previous) => {
          const rows = reuseRows(previous?.rows, next);
          return previous && rows === previous.rows && previous.tag === tag ? previous : { rows, tag };
        }),
      (error) => toast.error(error.message, { id: `live-${error.kind}` }),
    );
  }, [store, ...deps]);
  return live;
}

/** As useLiveTagged, for when it does not matter which query the rows belong to. */
export function useLive<R extends object>(
  make: (db: Kysely<AppTables>) => Compilable<R> | null,
  deps: readonly unknown[],
): R[] | undefined {
  return useLiveTagged(make, deps, null)?.rows;
}
