// What the store says of itself: its status, made of what its parts report.
import { initialStatus } from './backend';
import type { PastProblems } from './past-problems';
import type { Status } from './store';
import type { SyncProblem } from './sync-problem';

export class StatusBoard {
  #status: Status = initialStatus;
  #listeners = new Set<(status: Status) => void>();
  #problems = new Map<string, SyncProblem>();
  #closed = false;

  constructor(
    begin: Pick<Status, 'database' | 'storage'>,
    private readonly heardAt: () => number | null,
    readonly past: PastProblems,
  ) {
    this.#status = { ...initialStatus, ...begin };
  }

  readonly status = (): Status => this.#status;

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
    if (problem !== null && this.#problems.get(source)?.kind !== problem.kind) this.past.note(problem.kind);
    if (problem === null) this.#problems.delete(source);
    else this.#problems.set(source, problem);
    const all = [...this.#problems.values()];
    this.set({ problem: this.#problems.get('device') ?? all[0] ?? null });
  }

  /** What stands in the way of a feature's own sync. */
  readonly fault = (feature: string, problem: SyncProblem | null): void => {
    this.problem(feature, problem);
    const { [feature]: _, ...others } = this.#status.faults;
    this.set({ faults: problem === null ? others : { ...others, [feature]: problem.sentence } });
  };

  /** Says nothing more. */
  close(): void {
    this.#closed = true;
  }
}
