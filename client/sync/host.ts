// The leader's side: answers what tabs ask of the one engine, and forgets tabs that are gone.
import type { Backend } from './backend';
import { answer } from './calls';
import type { CarriedError, ToLeader, ToTab } from './messages';
import { StoreError } from './store';

/** @returns the parts of a store error that survive structured cloning. */
export function carried(error: unknown): CarriedError {
  if (error instanceof StoreError) return { kind: error.kind, sentence: error.message, rule: error.rule };
  return { kind: 'storage', sentence: 'The database of this device failed; reload the page.', rule: null };
}

export class Host {
  /** Running watches by tab and id. */
  #watches = new Map<string, Map<number, () => void>>();
  /** Tabs that nobody sees. */
  #hidden = new Set<string>();

  constructor(private readonly backend: Backend) {}

  /** @param tab whose request it is; replies go to it alone */
  take(tab: string, message: ToLeader, reply: (message: ToTab) => void): void {
    const { id } = message;
    if (message.type === 'call') {
      answer(this.backend, message).then(
        (value) => reply({ type: 'result', id, value }),
        (error: unknown) => reply({ type: 'error', id, error: carried(error) }),
      );
      return;
    }
    if (message.type === 'seen') {
      if (message.seen) this.#hidden.delete(tab);
      else this.#hidden.add(tab);
      return;
    }
    const watches = this.#watches.get(tab) ?? new Map<number, () => void>();
    this.#watches.set(tab, watches);
    watches.get(id)?.();
    watches.delete(id);
    if (message.type === 'watch') {
      const stop = this.backend.watch(message.query, {
        onRows: (rows, holding) => reply({ type: 'rows', id, rows, holding }),
        onSame: (holding) => reply({ type: 'same', id, holding }),
        isHidden: () => this.#hidden.has(tab),
        onError: (error) => reply({ type: 'error', id, error: carried(error) }),
      });
      watches.set(id, stop);
    }
  }

  /** The tab is gone. */
  drop(tab: string): void {
    for (const stop of this.#watches.get(tab)?.values() ?? []) stop();
    this.#watches.delete(tab);
    this.#hidden.delete(tab);
  }
}
