// The leader's side: answers what tabs ask of the one engine, and forgets tabs that are gone.
import type { Backend } from './backend';
import type { Query } from './live-queries';
import type { CarriedError, ToLeader, ToTab } from './messages';
import { type Change, StoreError } from './store';

/** @returns the parts of a store error that survive structured cloning. */
export function carried(error: unknown): CarriedError {
  if (error instanceof StoreError) return { kind: error.kind, sentence: error.message, rule: error.rule };
  return { kind: 'storage', sentence: 'The database of this device failed; reload the page.', rule: null };
}

export class Host {
  /** Running watches by tab and id. */
  #watches = new Map<string, Map<number, () => void>>();

  constructor(private readonly backend: Backend) {}

  /** @param tab whose request it is; replies go to it alone */
  take(tab: string, message: ToLeader, reply: (message: ToTab) => void): void {
    const { id } = message;
    if (message.type === 'call') {
      this.#call(message).then(
        (value) => reply({ type: 'result', id, value }),
        (error: unknown) => reply({ type: 'error', id, error: carried(error) }),
      );
      return;
    }
    const watches = this.#watches.get(tab) ?? new Map<number, () => void>();
    this.#watches.set(tab, watches);
    watches.get(id)?.();
    watches.delete(id);
    if (message.type === 'watch') {
      const stop = this.backend.watch(message.query, {
        onRows: (rows) => reply({ type: 'rows', id, rows }),
        onError: (error) => reply({ type: 'error', id, error: carried(error) }),
      });
      watches.set(id, stop);
    }
  }

  /** The tab is gone. */
  drop(tab: string): void {
    for (const stop of this.#watches.get(tab)?.values() ?? []) stop();
    this.#watches.delete(tab);
  }

  /** The arguments are what ./open.ts sends for the method. */
  async #call({ method, args }: Extract<ToLeader, { type: 'call' }>): Promise<unknown> {
    switch (method) {
      case 'read':
        return await this.backend.read(args[0] as Query);
      case 'write':
        return await this.backend.write(args[0] as string, args[1] as Query[]);
      case 'undo':
        return await this.backend.undo(args[0] as string, args[1] as Change[]);
      case 'wake':
        return await this.backend.wake();
      case 'expect':
        return await this.backend.expect(args[0] as string[]);
      case 'discardRefused':
        return await this.backend.discardRefused(args[0] as string);
      case 'resend':
        return await this.backend.resend(
          args[0] as string,
          args[1] as string,
          args[2] as Record<string, unknown>,
        );
      case 'remove':
        return await this.backend.remove(args[0] as { discardUnsent: boolean });
    }
  }
}
