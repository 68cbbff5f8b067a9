// What light mode wrote, as a part of the full app's engine: it is sent from here, counted as unsent, and its refused
// operations come into the Inbox. It stays in its own store until then, so that a kill in between neither loses it nor
// brings it twice (docs/decisions/0022-light-mode.md).
import type { EngineFeature, FeatureHost, FeatureWork } from '../feature';
import { channelName, type LightFiles } from './files';
import { LightSending } from './sending';
import { type LightState, type RefusedHere, withoutRefused } from './state';

export interface LightOnDevice {
  /** As lightName says. */
  readonly name: string;
  /** null: nobody used light mode on this device. */
  open(): Promise<LightFiles | null>;
  /** Removes all of it, also where it was never opened. */
  remove(): Promise<void>;
}

export function lightOnDevice(light: LightOnDevice): EngineFeature {
  return { name: 'light', open: (host) => new LightWork(host, light) };
}

class LightWork implements FeatureWork {
  unsent = 0;
  readonly isBeside = true;
  #files: LightFiles | null = null;
  #opening: Promise<void> | null = null;
  #sending: LightSending | null = null;
  #taking: Promise<void> = Promise.resolve();
  #closed = false;

  /** A tab of light mode says that it has stored something. */
  readonly #channel: BroadcastChannel;

  constructor(
    private readonly host: FeatureHost,
    private readonly light: LightOnDevice,
  ) {
    this.#channel = new BroadcastChannel(channelName(light.name));
    this.#channel.onmessage = () => this.wake();
  }

  async recount(): Promise<void> {
    await this.#open();
    const state = await this.#files?.read().catch(() => null);
    this.#count(state ?? null);
  }

  start(): void {
    this.wake();
  }

  wake(): void {
    void this.#work().catch((error) => this.#failed(error));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#channel.close();
    await this.#opening?.catch(() => {});
    await this.#sending?.close();
    await this.#taking;
    this.#files?.close();
    this.#files = null;
  }

  async clear(): Promise<void> {
    await this.light.remove();
  }

  async #work(): Promise<void> {
    await this.#open();
    const state = await this.#files?.read();
    if (!state || this.#closed) return;
    this.#changed(state);
    if (!this.host.syncs || state.waiting.length === 0) return;
    this.#sending ??= new LightSending({
      files: this.#files!,
      link: this.host.link,
      name: this.light.name,
      changed: (next) => {
        this.#changed(next);
        this.#channel.postMessage('changed');
      },
      problem: (found) => this.host.problem(found),
    });
    this.#sending.wake();
  }

  /** What failed is tried again when the engine is woken. */
  #failed(error: unknown): void {
    if (!this.#closed) console.warn('sync: what light mode wrote:', error);
  }

  #open(): Promise<void> {
    if (this.#files || this.#closed) return Promise.resolve();
    this.#opening ??= this.light
      .open()
      .then((files) => {
        this.#files = files;
      })
      .finally(() => {
        this.#opening = null;
      });
    return this.#opening;
  }

  #changed(state: LightState): void {
    this.#count(state);
    if (state.refused.length === 0) return;
    this.#taking = this.#taking.then(() => this.#take(state.refused)).catch((error) => this.#failed(error));
  }

  #count(state: LightState | null): void {
    const unsent = state?.waiting.length ?? 0;
    if (unsent === this.unsent) return;
    this.unsent = unsent;
    this.host.counted();
  }

  /** Refused operations come into the Inbox: they leave the small store when they are on the storage here. */
  async #take(refused: readonly RefusedHere[]): Promise<void> {
    if (this.#closed || !this.#files) return;
    const rows = refused.map(({ id, workspaceId, at, operation, kind, rule, sentence }) => ({
      ...{
        id,
        table: operation.table,
        row_id: operation.id,
        workspace_id: workspaceId,
        kind: operation.kind,
      },
      ...{ set: operation.set, was: operation.was, refusal: kind, rule, sentence },
      at: new Date(at).toISOString(),
    }));
    await this.host.pg.query(
      `insert into sync.refused (id, "table", row_id, workspace_id, kind, set, was, refusal, rule, sentence, at)
       select id, "table", row_id, workspace_id, kind, set, was, refusal, rule, sentence, at
       from jsonb_populate_recordset(null::sync.refused, $1) on conflict (id) do nothing`,
      [JSON.stringify(rows)],
    );
    await this.host.flush();
    this.host.changed(['refused']);
    const ids = refused.map(({ id }) => id);
    await this.#files.change((state) => withoutRefused(state, ids));
  }
}
