// Opens the store in a tab: starts the tab's worker and speaks with it.
import type { Backend } from './backend';
import { initialStatus } from './backend';
import { createStore } from './facade';
import type { Query, Watcher } from './live-queries';
import type { CarriedError, Method, Start, ToLeader, ToTab } from './messages';
import { type Change, type Status, type Store, StoreError, type Written } from './store';

export interface OpenOptions {
  readonly userId: string;
  /** Starts the app's worker, which runs a Relay (relay.ts) and is sent Start first. */
  startWorker(): Worker;
  /** The person's database was removed from this device. */
  removed?(): void;
}

interface Call {
  resolve(value: unknown): void;
  reject(error: StoreError): void;
}

class WorkerBackend implements Backend {
  readonly #worker: Worker;
  #nextId = 1;
  #calls = new Map<number, Call>();
  #watchers = new Map<number, Watcher>();
  #listeners = new Set<(status: Status) => void>();
  #status = initialStatus;
  #closed = false;

  constructor(private readonly options: OpenOptions) {
    this.#worker = options.startWorker();
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
    const start: Start = { type: 'start', userId: options.userId, baseUrl: location.origin };
    this.#worker.postMessage(start);
  }

  read(query: Query): Promise<unknown[]> {
    return this.#call('read', query) as Promise<unknown[]>;
  }
  write(requestId: string, statements: readonly Query[]): Promise<Written> {
    return this.#call('write', requestId, statements) as Promise<Written>;
  }
  undo(requestId: string, changes: readonly Change[]): Promise<Written> {
    return this.#call('undo', requestId, changes) as Promise<Written>;
  }
  async wake(): Promise<void> {
    await this.#call('wake');
  }
  async expect(workspaceIds: readonly string[]): Promise<void> {
    await this.#call('expect', workspaceIds);
  }
  async discardRefused(id: string): Promise<void> {
    await this.#call('discardRefused', id);
  }

  async resend(
    requestId: string,
    refusedId: string,
    change: Readonly<Record<string, unknown>>,
  ): Promise<Written> {
    return (await this.#call('resend', requestId, refusedId, change)) as Written;
  }
  async remove(options: { discardUnsent: boolean }): Promise<{ removed: boolean; unsent: number }> {
    const answer = (await this.#call('remove', options)) as { removed: boolean; unsent: number };
    if (answer.removed) this.options.removed?.();
    return answer;
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
    this.#worker.terminate();
    for (const call of this.#calls.values()) call.reject(new StoreError('closed', 'The store was closed.'));
    this.#calls.clear();
    this.#watchers.clear();
  }

  #call(method: Method, ...args: unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'The store was closed.'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#send({ type: 'call', id, method, args });
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
        this.#watchers.get(message.id)?.onRows(message.rows);
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
    if (isReady) performance.mark('outpost:database-writable');
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
export function openStore(options: OpenOptions): Store {
  // Without it a browser that runs out of space may throw the database away.
  void navigator.storage?.persist?.().catch(() => {});
  return createStore(options.userId, new WorkerBackend(options));
}
