// Where light mode keeps what it has: one database of IndexedDB for each person, with one record for what they have written
// (state.ts) and one for each view that was shown. A change is one strict transaction, so that tabs take turns and what is
// said to be stored survives a crash (W1).
import type { LightAnswer } from '../../../db/sync/light';
import { answered } from '../registry';
import { type LightState, newState } from './state';

/** A view as the server gave it. */
export interface KeptView {
  readonly answer: LightAnswer;
  readonly etag: string;
  /** The turn in which it was asked for (state.ts). */
  readonly turn: number;
  /** When the server gave it or said that it has not changed, ms since 1970 by this device's clock. */
  readonly at: number;
}

export interface LightFiles {
  /** @returns null when nothing was ever written */
  read(): Promise<LightState | null>;
  /** Stores what `change` makes of what is there, and resolves then. @throws what the storage throws; nothing has changed then */
  change(change: (state: LightState) => LightState): Promise<LightState>;
  /** @returns null when it was never shown here */
  view(key: string): Promise<KeptView | null>;
  keepView(key: string, view: KeptView): Promise<void>;
  /** Removes kept views. @param stays of a view's key */
  forgetViews(stays: (key: string) => boolean): Promise<void>;
  /** Removes all of it from this device. */
  remove(): Promise<void>;
  close(): void;
}

const STATE = 'state';
const VIEWS = 'views';
const ONE = 'one';

/** @returns what the database of a person is called, beside the one of the full app (storedName) */
export const lightName = (storedName: string) => `${storedName}-light`;

/** On it tabs and the engine tell each other that they have stored something. @param name as lightName says */
export const channelName = (name: string) => `sync light ${name}`;

/**
 * @param name as lightName says
 * @param create false: null when the database is not there
 */
export async function openLightFiles(name: string, create: true): Promise<LightFiles>;
export async function openLightFiles(name: string, create: boolean): Promise<LightFiles | null>;
export async function openLightFiles(name: string, create: boolean): Promise<LightFiles | null> {
  const opening = indexedDB.open(name, 1);
  let isMissing = false;
  opening.onupgradeneeded = () => {
    isMissing = !create;
    if (isMissing) return opening.transaction!.abort();
    opening.result.createObjectStore(STATE);
    opening.result.createObjectStore(VIEWS);
  };
  const db = await answered(opening).catch((error: unknown) => {
    if (isMissing) return null;
    throw error;
  });
  if (!db) return null;
  // Another tab removes it: the person signs out.
  db.onversionchange = () => db.close();
  return filesOf(db, name);
}

function filesOf(db: IDBDatabase, name: string): LightFiles {
  const run = async <T>(
    store: string,
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => Promise<T>,
  ): Promise<T> => {
    const transaction = db.transaction(store, mode, { durability: 'strict' });
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('the storage gave up'));
    });
    // Whoever waits for the request hears why; of the transaction only if that went well.
    done.catch(() => {});
    try {
      const result = await work(transaction.objectStore(store));
      await done;
      return result;
    } catch (error) {
      try {
        transaction.abort();
      } catch {
        // It has ended by itself.
      }
      throw error;
    }
  };
  const isState = (found: unknown) => (found ?? null) as LightState | null;
  return {
    read: () => run(STATE, 'readonly', async (store) => isState(await answered(store.get(ONE)))),
    change: (change) =>
      run(STATE, 'readwrite', async (store) => {
        const before = isState(await answered(store.get(ONE))) ?? newState();
        const after = change(before);
        if (after !== before) await answered(store.put(after, ONE));
        return after;
      }),
    view: (key) =>
      run(VIEWS, 'readonly', async (store) => ((await answered(store.get(key))) ?? null) as KeptView | null),
    keepView: (key, view) =>
      run(VIEWS, 'readwrite', async (store) => {
        await answered(store.put(view, key));
      }),
    forgetViews: (stays) =>
      run(VIEWS, 'readwrite', async (store) => {
        for (const key of await answered(store.getAllKeys())) {
          if (!stays(String(key))) await answered(store.delete(key));
        }
      }),
    remove: async () => {
      db.close();
      await removeLightFiles(name);
    },
    close: () => db.close(),
  };
}

/** Does nothing when it is not there. @throws when the storage does not remove it */
export async function removeLightFiles(name: string): Promise<void> {
  await answered(indexedDB.deleteDatabase(name));
}
