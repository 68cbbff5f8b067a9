// A person's device in Node: the real store on a PGlite in memory, behind a network that can be cut, lose answers
// and repeat requests.

import { type NodeStoreOptions, openNodeEngineWithDatabase } from '../../client/open-node';
import type { Engine } from '../../client/sync/engine';
import { createStore } from '../../client/sync/facade';
import type { Store } from '../../client/sync/store';
import { preparedBlob } from '../prepare';
import type { TestPerson } from './api';
import { until } from './until';

export class FlakyNetwork {
  /** How many of the next write requests take effect without the answer arriving. */
  loseAnswers = 0;
  /** How many of the next write requests reach the server twice. */
  repeat = 0;
  /** A request for which it says yes never gets an answer. */
  holds: (path: string) => boolean = () => false;
  /** Answers in place of the server where it gives an answer. */
  instead: (path: string) => Response | null = () => null;
  /** What becomes of an answer of the server on its way. */
  through: (path: string, answer: Response) => Response = (_, answer) => answer;
  /** Where the server is now, if not where it was. */
  movedTo: string | null = null;
  #up = true;
  #underWay = new Set<AbortController>();

  constructor(private readonly person: TestPerson) {}

  get up(): boolean {
    return this.#up;
  }

  cut(): void {
    this.#up = false;
    for (const request of this.#underWay) request.abort();
  }

  mend(): void {
    this.#up = true;
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    if (!this.#up) throw new TypeError('no network');
    const request = new AbortController();
    this.#underWay.add(request);
    const signal = init.signal ? AbortSignal.any([init.signal, request.signal]) : request.signal;
    const headers = { ...(init.headers as Record<string, string>), cookie: this.person.cookie };
    const { origin, pathname, search } = new URL(String(input));
    const send = () => fetch((this.movedTo ?? origin) + pathname + search, { ...init, signal, headers });
    try {
      if (this.holds(pathname + search)) await aborted(signal);
      const instead = this.instead(pathname + search);
      if (instead) return instead;
      if (pathname !== '/api/write') return this.through(pathname + search, await send());
      if (this.repeat > 0) {
        this.repeat--;
        await (await send()).text();
      }
      const response = await send();
      if (this.loseAnswers > 0) {
        this.loseAnswers--;
        await response.text();
        throw new TypeError('the answer was lost');
      }
      return response;
    } finally {
      this.#underWay.delete(request);
    }
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

export interface Device {
  readonly engine: Engine;
  readonly store: Store;
  readonly network: FlakyNetwork;
  readonly userId: string;
  /** Rows of a query, as the store reads them. */
  rows<T>(sql: string, ...parameters: unknown[]): Promise<T[]>;
  /** One local transaction. */
  write(sql: string, ...parameters: unknown[]): Promise<void>;
  offline(): void;
  online(): void;
  /** Everything sent, answered, and every shape up to date. */
  settled(): Promise<void>;
  /** Its whole database, as a backup of the browser's profile would have it. */
  dump(): Promise<Blob>;
  close(): Promise<void>;
}

/**
 * ms. A row that was changed and is gone again is confirmed by the second live answer that says so: of 20 s each, and a third one
 * when the first just missed what the shape server had said.
 */
const LONGEST_SETTLING = 90_000;

let prepared: Promise<Blob> | undefined;

/**
 * Opens a new device of a person.
 * @param options.prepared the dump of a device's database to go on with; a new one when absent
 */
export async function openDevice(
  url: string,
  person: TestPerson,
  options: Pick<
    NodeStoreOptions,
    'prepared' | 'foldEvery' | 'files' | 'light' | 'wordsLimit' | 'source' | 'succeed'
  > & {
    readonly network?: (network: FlakyNetwork) => void;
  } = {},
): Promise<Device> {
  const session = await person.json<{ user: { id: string } }>('GET', '/api/session');
  const userId = session.body.user.id;
  const network = new FlakyNetwork(person);
  options.network?.(network);
  prepared ??= preparedBlob();
  const { engine, pg } = await openNodeEngineWithDatabase({
    userId,
    baseUrl: url,
    fetch: network.fetch,
    deviceOnline: () => network.up,
    maxPause: 300,
    prepared: await prepared,
    empty: await prepared,
    ...(({ network: _, ...rest }) => rest)(options),
  });
  const store = createStore(userId, engine);
  return {
    engine,
    store,
    network,
    userId,
    rows: async <T>(sql: string, ...parameters: unknown[]) => (await engine.read({ sql, parameters })) as T[],
    write: async (sql, ...parameters) => {
      await engine.write(crypto.randomUUID(), [{ sql, parameters }]);
    },
    offline() {
      network.cut();
      void engine.networkChanged(false);
    },
    online() {
      network.mend();
      void engine.networkChanged(true);
    },
    async settled() {
      let left: unknown;
      await until(
        () => {
          const behind = engine.shapes.filter(({ state }) => state !== 'current');
          return `the device is up to date: ${JSON.stringify({ ...store.status(), behind, left })}`;
        },
        async () => {
          const { unsent, upToDate } = store.status();
          if (unsent > 0 || !upToDate) return false;
          [left] = await engine.read({
            sql: `select (select jsonb_agg(o) from sync.outbox o) as outbox, (select jsonb_agg(i) from sync.incoming i) as incoming`,
            parameters: [],
          });
          const { outbox, incoming } = left as { outbox: unknown; incoming: unknown };
          return outbox === null && incoming === null;
        },
        LONGEST_SETTLING,
      );
    },
    dump: () => pg.dumpDataDir('none'),
    close: () => store.close(),
  };
}
