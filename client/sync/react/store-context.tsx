// The store in React: one per signed-in person, its status, and live queries as hooks.
import type { Kysely } from 'kysely';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { toast } from 'sonner';
import type { AppTables, Compilable, LiveOptions, Status, Store } from '../store';
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

/**
 * One fact of the store's status: draws anew only when that changes, and not with every word from the server.
 * @param select gives a string, number, boolean or null
 */
export function useStatusOf<T extends string | number | boolean | null>(select: (status: Status) => T): T {
  const store = useStore();
  return useSyncExternalStore(
    useMemo(() => store.onStatus.bind(store), [store]),
    () => select(store.status()),
  );
}

/** As useStatus says it: the browser knows at once that there is no network. */
export function useIsOffline(): boolean {
  const isCut = useStatusOf((status) => status.network === 'offline');
  const cable = useSyncExternalStore(onNetwork, () => navigator.onLine);
  return isCut || !cable;
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
 * @param options how this tab's own writes change its rows before the database answers; taken with the query.
 * @returns undefined until the first answer.
 */
export function useLiveTagged<R extends object, T>(
  make: (db: Kysely<AppTables>) => Compilable<R> | null,
  deps: readonly unknown[],
  tag: T,
  options?: LiveOptions<R>,
): Live<R, T> | undefined {
  const store = useStore();
  const [live, setLive] = useState<Live<R, T> | undefined>();
  /** As `live`, before it is drawn. */
  const last = useRef<Live<R, T> | undefined>(undefined);
  /** Stops the query whose rows are shown: it goes on while a new one has not answered, so that what is written shows. */
  const stopShown = useRef(() => {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says what its query depends on
  useEffect(() => {
    const query = make(store.db);
    if (!query) {
      stopShown.current();
      last.current = undefined;
      return setLive(undefined);
    }
    let isShown = false;
    const stop = store.live(
      query,
      (next) => {
        if (!isShown) {
          isShown = true;
          stopShown.current();
          stopShown.current = stop;
        }
        const previous = last.current;
        const rows = reuseRows(previous?.rows, next);
        if (previous && rows === previous.rows && previous.tag === tag) return;
        last.current = { rows, tag };
        setLive(last.current);
      },
      (error) => toast.error(error.message, { id: `live-${error.kind}` }),
      options,
    );
    return () => {
      if (!isShown) stop();
    };
  }, [store, ...deps]);
  useEffect(() => () => stopShown.current(), []);
  return live;
}

/** As useLiveTagged, for when it does not matter which query the rows belong to. */
export function useLive<R extends object>(
  make: (db: Kysely<AppTables>) => Compilable<R> | null,
  deps: readonly unknown[],
  options?: LiveOptions<R>,
): R[] | undefined {
  return useLiveTagged(make, deps, null, options)?.rows;
}
