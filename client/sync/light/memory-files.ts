// Light mode's small store where the browser keeps nothing: it lasts as long as the page, and the page says so.
import type { KeptView, LightFiles } from './files';
import { type LightState, newState } from './state';

export class MemoryFiles implements LightFiles {
  #state: string | null = null;
  readonly #views = new Map<string, KeptView>();

  async read(): Promise<LightState | null> {
    return this.#state === null ? null : JSON.parse(this.#state);
  }

  async change(change: (state: LightState) => LightState): Promise<LightState> {
    const next = change(this.#state === null ? newState() : JSON.parse(this.#state));
    this.#state = JSON.stringify(next);
    return next;
  }

  async view(key: string): Promise<KeptView | null> {
    return this.#views.get(key) ?? null;
  }

  async keepView(key: string, view: KeptView): Promise<void> {
    this.#views.set(key, view);
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
