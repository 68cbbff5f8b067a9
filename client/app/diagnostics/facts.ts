// Everything that the page of diagnostics shows and its report says, read again and again while the page is open. What
// needs the database is missing while that is not open.
import { useEffect, useState } from 'react';
import { type BrowserStorage, browserStorage } from '../../sync/react/browser-storage';
import { useStatus, useStore } from '../../sync/react/store-context';
import { type StartMark, startMarks } from '../../sync/start-marks';
import type { Status, Store } from '../../sync/store';

/** null: the database is not open. */
export type FromDatabase = Awaited<ReturnType<Store['diagnostics']>> | null;

export interface Facts {
  readonly status: Status;
  readonly database: FromDatabase;
  readonly storage: BrowserStorage;
  /** Bytes of JavaScript in this page; null: this browser does not say. */
  readonly heap: number | null;
  /** Of the page and of the worker that holds the database, in the order of time. */
  readonly start: readonly StartMark[];
  readonly browser: string;
}

/** ms between two readings */
const EVERY = 2_000;
/** ms that the database has to answer: one that is busy does not keep the rest from being shown. */
const PATIENCE = 5_000;

type Read = Omit<Facts, 'status'>;

async function read(store: Store): Promise<Read> {
  const { promise: never, end } = after(PATIENCE);
  const asked = store.status().database === 'ready' ? store.diagnostics() : Promise.resolve(null);
  const [database, storage] = await Promise.all([
    Promise.race([asked.catch(() => null), never]),
    browserStorage(),
  ]);
  end();
  const { memory } = performance as { memory?: { usedJSHeapSize: number } };
  const page: StartMark[] = [{ step: 'navigation', at: performance.timeOrigin }, ...startMarks()];
  return {
    database,
    storage,
    heap: memory?.usedJSHeapSize ?? null,
    start: [...page, ...(database?.start ?? [])].sort((a, b) => a.at - b.at),
    browser: navigator.userAgent,
  };
}

function after(ms: number): { promise: Promise<null>; end: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const promise = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return { promise, end: () => clearTimeout(timer) };
}

/** @returns null before the first reading. `again` reads at once */
export function useFacts(): { facts: Facts | null; again: () => void } {
  const store = useStore();
  const status = useStatus();
  const [facts, setFacts] = useState<Read | null>(null);
  const [round, setRound] = useState(0);
  const { database } = status;
  // biome-ignore lint/correctness/useExhaustiveDependencies: read at once when the database has opened or `again` says so
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = async () => {
      if (document.visibilityState === 'visible') {
        const found = await read(store);
        if (gone) return;
        setFacts(found);
      }
      timer = setTimeout(() => void next(), EVERY);
    };
    void next();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [store, database, round]);
  return { facts: facts && { ...facts, status }, again: () => setRound((before) => before + 1) };
}
