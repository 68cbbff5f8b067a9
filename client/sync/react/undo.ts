// What can be undone in this tab: a stack of local transactions, newest last. Undoing makes a new transaction, which
// goes on the redo stack; doing something else empties that one.
import type { Store, Written } from '../store';

interface Step {
  readonly label: string;
  readonly written: Written;
}

const LIMIT = 100;

export class UndoStack {
  #done: Step[] = [];
  #undone: Step[] = [];

  /** @param label what was done, as in "Undone: <label>" */
  push(label: string, written: Written): void {
    if (written.n === null) return;
    this.#done.push({ label, written });
    if (this.#done.length > LIMIT) this.#done.shift();
    this.#undone = [];
  }

  /** @returns what was undone, or null if there is nothing. @throws StoreError */
  async undo(store: Pick<Store, 'undo'>): Promise<string | null> {
    return this.#turn(store, this.#done, this.#undone);
  }

  /** @returns what was done again, or null. @throws StoreError */
  async redo(store: Pick<Store, 'undo'>): Promise<string | null> {
    return this.#turn(store, this.#undone, this.#done);
  }

  /** Undoes this one transaction, wherever it is in the stack. */
  async undoOne(store: Pick<Store, 'undo'>, written: Written): Promise<void> {
    const at = this.#done.findIndex((step) => step.written === written);
    const [step] = at < 0 ? [] : this.#done.splice(at, 1);
    const inverse = await store.undo(written);
    if (step) this.#undone.push({ label: step.label, written: inverse });
  }

  async #turn(store: Pick<Store, 'undo'>, from: Step[], to: Step[]): Promise<string | null> {
    const step = from.pop();
    if (!step) return null;
    try {
      to.push({ label: step.label, written: await store.undo(step.written) });
    } catch (error) {
      from.push(step);
      throw error;
    }
    return step.label;
  }
}
