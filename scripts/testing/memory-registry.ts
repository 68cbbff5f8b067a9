// What a browser remembers of its databases, in memory beside its files: killed with them (memory-opfs.ts).
import type { Kind, Registry, Successor } from '../../client/sync/registry';
import type { MemoryOpfs } from './memory-opfs';

export class MemoryRegistry implements Registry {
  readonly successors = new Map<string, Successor>();

  constructor(
    private readonly opfs: MemoryOpfs,
    readonly kinds = new Map<string, Kind>(),
    readonly lefts = new Map<string, Kind>(),
  ) {}

  async get(key: string) {
    await this.opfs.asyncStep();
    return this.kinds.get(key) ?? null;
  }

  async set(key: string, kind: Kind, left?: Kind) {
    await this.opfs.asyncStep();
    this.kinds.set(key, kind);
    if (left) this.lefts.set(key, left);
  }

  async left(key: string) {
    await this.opfs.asyncStep();
    return this.lefts.get(key) ?? null;
  }

  async removedLeft(key: string) {
    await this.opfs.asyncStep();
    this.lefts.delete(key);
  }

  async delete(key: string) {
    await this.opfs.asyncStep();
    this.kinds.delete(key);
    this.lefts.delete(key);
    this.successors.delete(key);
  }

  async stage(key: string, successor: Successor) {
    await this.opfs.asyncStep();
    this.successors.set(key, successor);
  }

  async staged(key: string) {
    await this.opfs.asyncStep();
    return this.successors.get(key) ?? null;
  }

  async dropStaged(key: string) {
    await this.opfs.asyncStep();
    this.successors.delete(key);
  }

  /** What a new process finds in the browser of these files. */
  afterKill(opfs: MemoryOpfs): MemoryRegistry {
    const found = new MemoryRegistry(opfs, new Map(this.kinds), new Map(this.lefts));
    for (const [key, successor] of this.successors) found.successors.set(key, successor);
    return found;
  }
}
