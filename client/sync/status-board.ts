// What the store says of itself: its status, made of what its parts report, and the last problems that they had.
import { initialStatus } from './backend';
import type { Status } from './store';
import { type SyncProblem, type SyncProblemKind, sentenceOf } from './sync-problem';

/** A problem that came up since this engine was opened. */
export interface PastProblem {
  /** ms since 1970 */
  readonly at: number;
  readonly kind: SyncProblemKind;
  /** It names nothing and nobody. */
  readonly sentence: string;
}

/** How many problems are kept, the last ones. */
const KEPT = 30;

export class StatusBoard {
  #status: Status = initialStatus;
  #listeners = new Set<(status: Status) => void>();
  #problems = new Map<string, SyncProblem>();
  #past: PastProblem[] = [];
  #closed = false;

  constructor(
    begin: Pick<Status, 'database' | 'storage'>,
    private readonly heardAt: () => number | null,
  ) {
    this.#status = { ...initialStatus, ...begin };
  }

  get status(): Status {
    return this.#status;
  }

  /** The last problems, the newest first. */
  get past(): readonly PastProblem[] {
    return this.#past;
  }

  /** @returns stops it */
  listen(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#status);
    return () => this.#listeners.delete(listener);
  }

  set(change: Partial<Status>): void {
    if (this.#closed) return;
    const next: Status = { ...this.#status, ...change, heardAt: this.heardAt() };
    const same = (Object.keys(next) as (keyof Status)[]).every(
      (key) => JSON.stringify(next[key]) === JSON.stringify(this.#status[key]),
    );
    if (same) return;
    this.#status = next;
    for (const listener of [...this.#listeners]) listener(next);
  }

  /** What each part last said of itself; a full device is shown before all, else the first one that is in trouble. */
  problem(source: string, problem: SyncProblem | null): void {
    if (problem !== null && this.#problems.get(source)?.kind !== problem.kind) this.#note(problem.kind);
    if (problem === null) this.#problems.delete(source);
    else this.#problems.set(source, problem);
    const all = [...this.#problems.values()];
    this.set({ problem: this.#problems.get('device') ?? all[0] ?? null });
  }

  /** What stands in the way of a feature's own sync. */
  fault(feature: string, problem: SyncProblem | null): void {
    this.problem(feature, problem);
    const { [feature]: _, ...others } = this.#status.faults;
    this.set({ faults: problem === null ? others : { ...others, [feature]: problem.sentence } });
  }

  /** Many parts may report the same at once: it is noted once a second. */
  #note(kind: SyncProblemKind): void {
    const at = Date.now();
    if (this.#past.some((past) => past.kind === kind && at - past.at < 1_000)) return;
    this.#past = [{ at, kind, sentence: sentenceOf(kind) }, ...this.#past].slice(0, KEPT);
  }

  /** Says nothing more. */
  close(): void {
    this.#closed = true;
  }
}
