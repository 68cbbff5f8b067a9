// The features of a device's engine, taken together (feature.ts says what one is).
import type { PGliteInterface } from '@electric-sql/pglite';
import type { DiscardedOperation, EngineFeature, FeatureHost, FeatureWork } from './feature';
import type { Change, Status } from './store';
import type { SyncProblem } from './sync-problem';

/** What the core itself counts as waiting for the person; $1 is the account. A notice is made by the server's merge. */
const ownNeeds = {
  count: `(select count(*) from sync.refused) + (select count(*) from sync.incoming where error is not null)
    + (select count(*) from notice where resolved_at is null and user_id = $1)`,
  tables: ['outbox', 'refused', 'incoming', 'notice'],
};

/** What the core itself keeps on this device only, beside what is unsent. */
const ownKeeps = { count: '(select count(*) from sync.refused)', tables: ['refused'] };

export class Features {
  /** Tables of schema sync that live queries may watch, and that every local write may have changed. */
  readonly deviceOnly: readonly string[];
  /** Tables of schema sync that live queries may watch, beside those. */
  readonly derived: readonly string[];
  /** Status.attention as an SQL expression; $1 is the person's account. */
  readonly attention: string;
  /** The tables after whose changes `attention`, `kept` and what is unsent are counted again. */
  readonly counted: readonly string[];
  /** What is on this device only, beside what is unsent, as an SQL expression. */
  readonly kept: string;
  #works: FeatureWork[] = [];

  constructor(private readonly list: readonly EngineFeature[]) {
    const needs = [ownNeeds, ...list.flatMap(({ needsPerson }) => needsPerson ?? [])];
    this.attention = needs.map(({ count }) => count).join(' + ');
    const keeps = [ownKeeps, ...list.flatMap(({ keeps }) => keeps ?? [])];
    this.kept = keeps.map(({ count }) => count).join(' + ');
    this.counted = [...needs, ...keeps].flatMap(({ tables }) => tables);
    this.deviceOnly = list.flatMap((feature) => feature.deviceOnly ?? []);
    this.derived = list.flatMap((feature) => feature.derived ?? []);
  }

  /**
   * To be called once.
   * @param fault hears what stands in the way of the feature of this name
   * @param host what each of them is given beside
   */
  open(
    fault: (feature: string, found: SyncProblem | null) => void,
    host: Omit<FeatureHost, 'problem'>,
  ): void {
    this.#works = this.list.flatMap(
      (feature) => feature.open?.({ ...host, problem: (found) => fault(feature.name, found) }) ?? [],
    );
  }

  /** Counts what the status says of work that is here: see there. */
  async count(
    pg: PGliteInterface,
    userId: string,
  ): Promise<Pick<Status, 'unsent' | 'beside' | 'attention' | 'onlyHere'>> {
    const { rows } = await pg.query<{ unsent: string; attention: string; kept: string }>(
      `select (select count(distinct n) from sync.outbox where verdict is null) as unsent,
         ${this.attention} as attention, ${this.kept} as kept`,
      [userId],
    );
    const unsent = Number(rows[0]!.unsent) + this.unsent;
    const { attention, kept } = rows[0]!;
    const onlyHere = unsent + Number(kept);
    return { unsent, beside: this.beside, attention: Number(attention), onlyHere };
  }

  get unsent(): number {
    return this.#works.reduce((sum, work) => sum + (work.unsent ?? 0), 0);
  }

  /** Of `unsent`, what light mode can read. */
  get beside(): number {
    return this.#works.reduce((sum, work) => sum + (work.isBeside ? (work.unsent ?? 0) : 0), 0);
  }

  async recount(): Promise<void> {
    for (const work of this.#works) await work.recount?.();
  }

  start(): void {
    for (const work of this.#works) work.start?.();
  }

  wake(): void {
    for (const work of this.#works) work.wake?.();
  }

  changed(tables: ReadonlySet<string>): void {
    for (const work of this.#works) work.changed?.(tables);
  }

  async written(changes: readonly Change[]): Promise<void> {
    for (const work of this.#works) await work.written?.(changes);
  }

  saved(changes: readonly Change[]): void {
    for (const work of this.#works) work.saved?.(changes);
  }

  async discarded(refused: DiscardedOperation): Promise<void> {
    for (const work of this.#works) await work.discarded?.(refused);
  }

  async clear(): Promise<void> {
    for (const work of this.#works) await work.clear?.();
  }

  async close(): Promise<void> {
    await Promise.all(this.#works.map((work) => work.close?.()));
  }
}
