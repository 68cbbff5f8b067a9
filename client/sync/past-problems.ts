// The last problems of this device's database and its sync, in the worker that holds it. Of each a closed kind and what
// such a problem is in general: nothing of what anybody wrote, and no name.
import { type SyncProblemKind, sentenceOf } from './sync-problem';

export type PastKind = SyncProblemKind | 'not-opened' | 'stopped';

export interface PastProblem {
  /** ms since 1970 */
  readonly at: number;
  readonly kind: PastKind;
  readonly sentence: string;
}

/** How many are kept. */
const KEPT = 30;

const ofDatabase = {
  'not-opened': 'The database on this device could not be opened.',
  stopped: 'The database on this device stopped and was opened again.',
} as const;

export class PastProblems {
  #list: readonly PastProblem[] = [];

  /** The newest first. */
  get list(): readonly PastProblem[] {
    return this.#list;
  }

  /** Many parts may say the same at once: it is noted once a second. */
  note(kind: PastKind): void {
    const at = Date.now();
    if (this.#list.some((past) => past.kind === kind && at - past.at < 1_000)) return;
    const sentence = kind === 'not-opened' || kind === 'stopped' ? ofDatabase[kind] : sentenceOf(kind);
    this.#list = [{ at, kind, sentence }, ...this.#list].slice(0, KEPT);
  }
}
