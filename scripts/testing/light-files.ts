// Light mode's small store in memory, for tests in Node: it outlives whoever uses it, as a browser's does.
import type { KeptView, LightFiles } from '../../client/sync/light/files';
import { type LightState, newState } from '../../client/sync/light/state';

export class MemoryLightFiles implements LightFiles {
  /** Runs before a change is stored; what it throws is thrown, and nothing is stored. */
  beforeStoring: (next: LightState) => void = () => {};
  #state: string | null = null;
  #views = new Map<string, string>();

  async read(): Promise<LightState | null> {
    await tick();
    return this.#state === null ? null : JSON.parse(this.#state);
  }

  async change(change: (state: LightState) => LightState): Promise<LightState> {
    await tick();
    const next = change(this.#state === null ? newState() : JSON.parse(this.#state));
    this.beforeStoring(next);
    this.#state = JSON.stringify(next);
    await tick();
    return next;
  }

  async view(key: string): Promise<KeptView | null> {
    const text = this.#views.get(key);
    return text === undefined ? null : JSON.parse(text);
  }

  async keepView(key: string, view: KeptView): Promise<void> {
    this.#views.set(key, JSON.stringify(view));
  }

  async forgetViews(stays: (key: string) => boolean): Promise<void> {
    for (const key of [...this.#views.keys()]) if (!stays(key)) this.#views.delete(key);
  }

  async remove(): Promise<void> {
    this.#state = null;
    this.#views.clear();
  }

  close(): void {}
}

/** As a browser's storage does, it answers later. */
const tick = () => new Promise<void>((done) => setImmediate(done));
