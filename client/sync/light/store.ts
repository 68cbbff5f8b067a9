// Light mode in a tab: shows views of the server and the last ones it gave, keeps what is written, and sends it.
import { lightAnswer } from '../../../db/sync/light';
import type { SessionAnswer } from '../../../db/sync/wire';
import { Link, LinkError, readJson } from '../link';
import { channelName, type KeptView, type LightFiles } from './files';
import type { Written } from './lay';
import { LightSending } from './sending';
import { type LightState, type NewOperation, withoutRefused, written } from './state';

export interface LightStoreOptions {
  readonly userId: string;
  /** As lightName says. */
  readonly name: string;
  readonly files: LightFiles;
  /** The session as the server says it. */
  identified(answer: SessionAnswer): void;
  /** Origin of the API; absent: the page's. */
  readonly baseUrl?: string;
  readonly fetch?: typeof fetch;
}

/** A value, replaced on each change. */
export interface LightStatus extends Written {
  readonly network: 'online' | 'offline';
  readonly session: 'signed-in' | 'expired';
  readonly sending: boolean;
  /** What stands in the way of sending, as a sentence; null: nothing. */
  readonly problem: string | null;
}

/** A value, replaced on each change. */
export interface ShownView {
  /** The last one that the server gave; null: none yet. */
  readonly kept: KeptView | null;
  /** The server has given it since this page was opened, and nothing has failed since. */
  readonly isFresh: boolean;
  /** Why there is no newer one, as a sentence; null: nothing is wrong. */
  readonly problem: string | null;
}

interface Watched {
  shown: ShownView;
  readonly listeners: Set<() => void>;
  asking: boolean;
  again: boolean;
}

/** Views that are looked at are asked for again after this, ms. */
const REFRESH_EVERY = 60_000;
const nothing: ShownView = { kept: null, isFresh: false, problem: null };

export class LightStore {
  readonly #link: Link;
  readonly #sending: LightSending;
  readonly #views = new Map<string, Watched>();
  readonly #listeners = new Set<() => void>();
  readonly #channel: BroadcastChannel | null;
  #status: LightStatus;

  private constructor(
    readonly options: LightStoreOptions,
    state: LightState | null,
  ) {
    const { files, name, userId, baseUrl = '' } = options;
    this.#status = {
      ...{ state, storing: [], network: 'online', session: 'signed-in', sending: false, problem: null },
    };
    const ask = options.fetch ? { fetch: options.fetch } : {};
    this.#link = new Link({ baseUrl, userId, ...ask, deviceOnline: () => navigator.onLine !== false });
    this.#link.onChange(() => {
      const { network, session } = this.#link.state;
      this.#set({ network, session });
    });
    this.#channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(channelName(name)) : null;
    if (this.#channel) this.#channel.onmessage = () => void this.#reread();
    this.#sending = new LightSending({
      ...{ files, name, link: this.#link },
      changed: (next) => this.#changed(next),
      identified: (answer) => {
        const theirs = new Set(answer.memberships.map(({ workspaceId }) => workspaceId));
        // What is of a workspace that the person has left leaves this device (R4).
        void files.forgetViews((key) => theirs.has(key.split('/')[0]!)).catch(() => {});
        options.identified(answer);
      },
      sending: (sending) => this.#set({ sending }),
      problem: (found) => this.#set({ problem: found?.sentence ?? null }),
    });
  }

  /** Reads what is kept and begins to send. @throws what the storage throws */
  static async open(options: LightStoreOptions): Promise<LightStore> {
    const store = new LightStore(options, await options.files.read());
    setInterval(() => {
      if (typeof document === 'undefined' || document.visibilityState === 'visible') store.refresh();
    }, REFRESH_EVERY);
    return store;
  }

  readonly status = (): LightStatus => this.#status;

  readonly onStatus = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * One local transaction, shown at once. Resolves when it is on this device's storage.
   * @throws what the storage throws; then nothing is kept of it
   */
  async write(workspaceId: string, ...operations: NewOperation[]): Promise<void> {
    this.#set({ storing: [...this.#status.storing, ...operations] });
    const done = () => this.#status.storing.filter((one) => !(operations as unknown[]).includes(one));
    try {
      const next = await this.options.files.change((state) =>
        written(state, workspaceId, operations, Date.now()),
      );
      this.#set({ state: next, storing: done() });
    } catch (error) {
      this.#set({ storing: done() });
      throw error;
    }
    this.#tellOthers();
    this.#sending.wake();
  }

  async discardRefused(id: string): Promise<void> {
    const next = await this.options.files.change((state) => withoutRefused(state, [id]));
    this.#set({ state: next });
    this.#tellOthers();
  }

  /** Tries again whatever waits, and asks anew for what is shown: the network is back, or the person asks. */
  wake(): void {
    this.#link.wake();
    this.#sending.wake();
    this.refresh();
  }

  /** Asks the server anew for all views that are shown. */
  refresh(): void {
    for (const [key, view] of this.#views) if (view.listeners.size > 0) void this.#ask(key, view);
  }

  /** @param key as viewKey makes it */
  shown(key: string): ShownView {
    return this.#views.get(key)?.shown ?? nothing;
  }

  /** Shows a view: what is kept of it first, what the server says then. @returns ends it */
  watch(key: string, listener: () => void): () => void {
    let view = this.#views.get(key);
    if (!view) {
      view = { shown: nothing, listeners: new Set(), asking: false, again: false };
      this.#views.set(key, view);
    }
    view.listeners.add(listener);
    void this.#ask(key, view);
    return () => view.listeners.delete(listener);
  }

  async #ask(key: string, view: Watched): Promise<void> {
    if (view.asking) {
      view.again = true;
      return;
    }
    view.asking = true;
    try {
      if (!view.shown.kept) {
        const kept = await this.options.files.view(key).catch(() => null);
        if (kept) this.#show(view, { ...view.shown, kept });
      }
      do {
        view.again = false;
        await this.#askOnce(key, view);
      } while (view.again);
    } finally {
      view.asking = false;
    }
  }

  async #askOnce(key: string, view: Watched): Promise<void> {
    const { kept } = view.shown;
    const turn = this.#status.state?.turn ?? 0;
    const [workspaceId, rest] = splitOnce(key);
    try {
      const response = await this.#link.once(`/api/workspaces/${workspaceId}/light/${rest}`, {
        headers: kept ? { 'if-none-match': kept.etag } : {},
        cache: 'no-store',
      });
      const next = response.status === 304 && kept ? kept : await readView(response);
      this.#link.heard();
      const fresh = { ...next, turn, at: Date.now() };
      this.#show(view, { kept: fresh, isFresh: true, problem: null });
      // That it cannot be kept costs only the next start without a network.
      await this.options.files.keepView(key, fresh).catch(() => {});
    } catch (error) {
      const problem = error instanceof LinkError ? error.message : 'This could not be read. Reload the page.';
      const isLost = error instanceof LinkError && ['forbidden', 'not-found'].includes(error.kind);
      this.#show(view, { kept: isLost ? null : kept, isFresh: false, problem });
      if (isLost) await this.options.files.forgetViews((other) => other !== key).catch(() => {});
    }
  }

  #show(view: Watched, shown: ShownView): void {
    view.shown = shown;
    for (const listener of [...view.listeners]) listener();
  }

  #changed(state: LightState): void {
    const isAnswered = state.turn !== this.#status.state?.turn;
    this.#set({ state });
    this.#tellOthers();
    if (isAnswered) this.refresh();
  }

  #tellOthers(): void {
    this.#channel?.postMessage('changed');
  }

  /** Another tab has stored something. */
  async #reread(): Promise<void> {
    const state = await this.options.files.read().catch(() => null);
    if (!state) return;
    const isAnswered = state.turn !== this.#status.state?.turn;
    this.#set({ state });
    if (isAnswered) this.refresh();
    else this.#sending.wake();
  }

  #set(change: Partial<LightStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Names a view of a workspace: what is kept of it, and its address. */
export function viewKey(workspaceId: string, name: string, params: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(params).toString();
  return `${workspaceId}/${name}${query && `?${query}`}`;
}

function splitOnce(key: string): [string, string] {
  const at = key.indexOf('/');
  return [key.slice(0, at), key.slice(at + 1)];
}

/** @throws LinkError of the kind the server says; 'unreadable' for what is no view of it */
async function readView(response: Response): Promise<Pick<KeptView, 'answer' | 'etag'>> {
  const answer = lightAnswer.safeParse(await readJson(response));
  const etag = response.headers.get('etag');
  if (!answer.success || !etag) {
    throw new LinkError('unreadable', 'Something else answered in place of the server.');
  }
  return { answer: answer.data, etag };
}
