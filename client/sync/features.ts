// The features of a device's engine, taken together (feature.ts says what one is).
import type { DiscardedOperation, EngineFeature, FeatureHost, FeatureWork } from './feature';
import type { Change } from './store';

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

  /** To be called once. @param hostOf makes what the feature of this name is given */
  open(hostOf: (name: string) => FeatureHost): void {
    this.#works = this.list.flatMap((feature) => feature.open?.(hostOf(feature.name)) ?? []);
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
