// Opens the store in a tab: starts the tab's worker and speaks with it.
import type { Backend } from './backend';
import { initialStatus } from './backend';
import { type Answer, type AnyCall, type CallOf, type Method, passedBy } from './calls';
import { createStore } from './facade';
import type { Query, Watcher } from './live-queries';
import type { CarriedError, Start, ToLeader, ToTab } from './messages';
import { type AppTables, type Status, type Store, StoreError } from './store';

export interface OpenOptions {
  readonly userId: string;
  /** Starts the app's worker, which runs a Relay (relay.ts). One that is only made is sent Start by the store. */
  startWorker(start: Start): Worker | StartedWorker;
  /** The person's database was removed from this device. */
  removed?(): void;
}

/** A worker that was sent Start before. */
export interface StartedWorker {
  readonly worker: Worker;
  /** What it has said since, in its order. */
  readonly heard: readonly ToTab[];
}

interface Call {
  resolve(value: unknown): void;
  reject(error: StoreError): void;
}

/** The tab's end of the bridge to its worker. */
class WorkerBridge {
  readonly #worker: Worker;
  #nextId = 1;
  #calls = new Map<number, Call>();
  #watchers = new Map<number, Watcher>();
  #listeners = new Set<(status: Status) => void>();
  #status = initialStatus;
  #closed = false;
  readonly #stopSeen: () => void;

  constructor(options: OpenOptions) {
    const start: Start = { type: 'start', userId: options.userId, baseUrl: location.origin };
    const given = options.startWorker(start);
    const started = 'heard' in given ? given : null;
    this.#worker = started?.worker ?? (given as Worker);
    this.#worker.onmessage = ({ data }: MessageEvent<ToTab>) => this.#heard(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      if (this.#status.database === 'ready') return;
      this.#setStatus({
        ...this.#status,
        database: 'failed',
        databaseError: 'The part of the app that keeps your data could not start. Reload the page.',
      });
    };
    if (started) for (const message of started.heard) this.#heard(message);
    else this.#worker.postMessage(start);
    const seen = this.#nextId++;
    const tellSeen = () =>
      this.#send({ type: 'seen', id: seen, seen: document.visibilityState === 'visible' });
    document.addEventListener('visibilitychange', tellSeen);
    this.#stopSeen = () => document.removeEventListener('visibilitychange', tellSeen);
    if (document.visibilityState !== 'visible') tellSeen();
  }

  watch(query: Query, watcher: Watcher): () => void {
    const id = this.#nextId++;
    this.#watchers.set(id, watcher);
    this.#send({ type: 'watch', id, query });
    return () => {
      if (this.#watchers.delete(id)) this.#send({ type: 'unwatch', id });
    };
  }

  onStatus(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#status);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopSeen();
    this.#worker.terminate();
    for (const call of this.#calls.values()) call.reject(new StoreError('closed', 'The store was closed.'));
    this.#calls.clear();
    this.#watchers.clear();
  }

  call<M extends Method>(call: CallOf<M>): Promise<Answer[M]> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'The store was closed.'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve: (value) => resolve(value as Answer[M]), reject });
      this.#send({ type: 'call', id, ...(call as AnyCall) });
    });
  }

  #send(message: ToLeader): void {
    if (!this.#closed) this.#worker.postMessage(message);
  }

  #heard(message: ToTab): void {
    switch (message.type) {
      case 'status':
        this.#setStatus(message.status);
        return;
      case 'rows':
        this.#watchers.get(message.id)?.onRows(message.rows, message.holding);
        return;
      case 'same':
        this.#watchers.get(message.id)?.onSame?.(message.holding);
        return;
      case 'result':
        this.#calls.get(message.id)?.resolve(message.value);
        this.#calls.delete(message.id);
        return;
      case 'error':
        this.#watchers.get(message.id)?.onError(storeError(message.error));
        this.#calls.get(message.id)?.reject(storeError(message.error));
        this.#calls.delete(message.id);
    }
  }

  #setStatus(status: Status): void {
    const isReady = status.database === 'ready' && this.#status.database !== 'ready';
    this.#status = status;
    if (isReady) performance.mark('sync:database-writable');
    for (const listener of [...this.#listeners]) listener(status);
  }
}

function storeError({ kind, sentence, rule }: CarriedError): StoreError {
  return new StoreError(kind, sentence, rule);
}

/**
 * Opens the person's store in this tab. Returns at once; `status().database` tells when it is ready. Requests made
 * before are answered then.
 */
export function openStore<Tables = AppTables>(options: OpenOptions): Store<Tables> {
  // Without it a browser that runs out of space may throw the database away.
  void navigator.storage?.persist?.().catch(() => {});
  const bridge = new WorkerBridge(options);
  const answering = passedBy((call) => bridge.call(call));
  const backend: Backend = {
    ...answering,
    async remove(how) {
      const answer = await answering.remove(how);
      if (answer.removed) options.removed?.();
      return answer;
    },
    watch: (query, watcher) => bridge.watch(query, watcher),
    onStatus: (listener) => bridge.onStatus(listener),
    close: () => bridge.close(),
  };
  return createStore<Tables>(options.userId, backend);
}
