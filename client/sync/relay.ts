// The worker of one tab: takes part in the election (a Web Lock, so that a killed leader is followed at once), leads
// or passes messages on to the leader, and says again to a new leader what the old one left unanswered.
import { initialStatus } from './backend';
import { isFull } from './database';
import type { Engine } from './engine';
import { Host } from './host';
import type { Broadcast, ToLeader, ToTab } from './messages';
import type { PastProblems } from './past-problems';
import type { Status } from './store';
import { syncProblem } from './sync-problem';

export interface RelayOptions {
  /** Of the app and the person: the locks and the channel of their tabs are called after it. */
  readonly name: string;
  /** Opens the database; called once, when this worker leads. */
  open(): Promise<Engine>;
  toTab(message: ToTab): void;
  /** Where it is noted that the database could not be opened, or stopped. */
  readonly past: PastProblems;
}

export class Relay {
  readonly #id = crypto.randomUUID();
  readonly #channel: BroadcastChannel;
  /** Calls without an answer and watches without an end, in the order they came. */
  #open = new Map<number, ToLeader>();
  #leader: string | null = null;
  /** This worker was elected; the host follows when the database is open. */
  #leads = false;
  #host: Host | null = null;
  /** The tab's own call to remove the database, unless it was refused. */
  #leaving: number | null = null;
  #status: Status = initialStatus;
  /** Tabs whose end is being waited for. */
  #known = new Set<string>();

  constructor(private readonly options: RelayOptions) {
    this.#channel = new BroadcastChannel(`sync ${options.name}`);
    // Held as long as this worker lives: the leader learns by it that the tab is gone. Nothing is said before it is
    // held, because locks and messages have no common order, and a leader that found it free would take the tab for gone.
    void navigator.locks.request(tabLock(this.#id), () => {
      this.#begin();
      return new Promise(() => {});
    });
  }

  #begin(): void {
    this.#channel.onmessage = ({ data }: MessageEvent<Broadcast>) => this.#heard(data);
    void this.#stand();
    this.#say({ type: 'who-leads', from: this.#id });
  }

  /** Stands for election, again after each time it led, unless its own tab had the database removed. */
  async #stand(): Promise<void> {
    while (this.#leaving === null) {
      await navigator.locks.request(`sync leader ${this.options.name}`, () => this.#lead());
    }
  }

  /** A message of this worker's own tab. */
  take(message: ToLeader): void {
    if (message.type === 'call' && message.method === 'remove') this.#leaving = message.id;
    if (message.type === 'unwatch') this.#open.delete(message.id);
    else this.#open.set(message.id, message);
    this.#pass(message);
  }

  #pass(message: ToLeader): void {
    if (this.#host) this.#host.take(this.#id, message, (reply) => this.#reply(reply));
    else if (this.#leader) this.#say({ type: 'to-leader', to: this.#leader, from: this.#id, message });
    // Neither: it is in #open and goes to whoever leads next.
  }

  #reply(message: ToTab): void {
    if (message.type === 'result') this.#open.delete(message.id);
    if (message.type === 'error' && this.#open.get(message.id)?.type === 'call')
      this.#open.delete(message.id);
    const isRefusal =
      message.type === 'error' ||
      (message.type === 'result' && !(message.value as { removed?: boolean } | undefined)?.removed);
    if (isRefusal && message.id === this.#leaving) this.#leaving = null;
    if (message.type === 'status') this.#status = message.status;
    this.options.toTab(message);
  }

  #heard(message: Broadcast): void {
    switch (message.type) {
      case 'who-leads':
        if (this.#host) this.#say({ type: 'i-lead', from: this.#id });
        if (this.#leads) this.#say({ type: 'status', status: this.#status });
        return;
      case 'i-lead':
        if (message.from === this.#leader) return;
        this.#leader = message.from;
        for (const open of [...this.#open.values()]) this.#pass(open);
        return;
      case 'i-left':
        if (message.from === this.#leader) this.#leader = null;
        return;
      case 'to-leader':
        if (message.to !== this.#id || !this.#host) return;
        this.#host.take(message.from, message.message, (reply) =>
          this.#say({ type: 'to-tab', to: message.from, message: reply }),
        );
        this.#noticeEnd(message.from);
        return;
      case 'to-tab':
        if (message.to === this.#id) this.#reply(message.message);
        return;
      case 'status':
        if (!this.#host) this.#reply({ type: 'status', status: message.status });
    }
  }

  /** Holds the leadership until this worker ends or the database is removed. */
  async #lead(): Promise<void> {
    if (this.#leaving !== null) return;
    this.#leads = true;
    while ((await this.#serve(await this.#openPatiently())) !== 'removed');
    this.#leads = false;
  }

  /** Serves all tabs from one engine, until its database was removed, has stopped or was replaced. */
  async #serve(engine: Engine): Promise<'removed' | 'stopped' | 'replaced'> {
    this.#host = new Host(engine);
    const silent = engine.onStatus((status) => this.#publish(status));
    const leading = new AbortController();
    addEventListener('online', () => void engine.networkChanged(true), leading);
    addEventListener('offline', () => void engine.networkChanged(false), leading);
    // It may have changed while the database was being opened.
    if (!navigator.onLine) void engine.networkChanged(false);
    this.#leader = this.#id;
    this.#say({ type: 'i-lead', from: this.#id });
    for (const open of [...this.#open.values()]) this.#pass(open);
    const end = await Promise.race([
      engine.removed.then(() => 'removed' as const),
      engine.stopped.then(() => 'stopped' as const),
      engine.replacing.then(() => 'replaced' as const),
    ]);
    leading.abort();
    silent();
    this.#host = null;
    this.#leader = null;
    this.#known.clear();
    // What tabs ask from now on waits, and is said to whoever leads next.
    this.#say({ type: 'i-left', from: this.#id });
    if (end === 'replaced') {
      this.#publish(initialStatus);
      await (await engine.replacing).over;
    }
    if (end === 'stopped') {
      this.options.past.note('stopped');
      this.#publish(failedBy(await engine.stopped));
      await engine.abandon();
    }
    return end;
  }

  /** A database that cannot be opened is said so, and tried again: the calls of all tabs wait for it. */
  async #openPatiently(): Promise<Engine> {
    for (;;) {
      try {
        return await this.options.open();
      } catch (error) {
        console.error('sync:', error);
        this.options.past.note('not-opened');
        this.#publish(failedBy(error));
        await new Promise((again) => setTimeout(again, 5_000));
      }
    }
  }

  #publish(status: Status): void {
    this.#reply({ type: 'status', status });
    this.#say({ type: 'status', status });
  }

  #noticeEnd(tab: string): void {
    if (this.#known.has(tab)) return;
    this.#known.add(tab);
    void navigator.locks.request(tabLock(tab), () => {
      this.#known.delete(tab);
      this.#host?.drop(tab);
    });
  }

  #say(message: Broadcast): void {
    this.#channel.postMessage(message);
  }
}

function failedBy(error: unknown): Status {
  const problem = isFull(error) ? syncProblem('device-full') : null;
  return { ...initialStatus, database: 'failed', databaseError: databaseError(error), problem };
}

function databaseError(error: unknown): string {
  return isFull(error)
    ? 'This device’s storage is full, so the database on it cannot work. Free some space: it is opened again by itself.'
    : 'The database on this device could not be opened; it is tried again. If this stays, reload the page.';
}

const tabLock = (id: string) => `sync tab ${id}`;
