// The memory that all shapes together may take, and who must go when it is not enough.
import type { Shape } from './shape';

export class Memory {
  private readonly sizes = new Map<Shape, number>();
  private total = 0;

  /** @param cap bytes */
  constructor(readonly cap: number) {}

  get bytes(): number {
    return this.total;
  }

  /** The shape takes this much now. */
  set(shape: Shape, bytes: number): void {
    this.total += bytes - (this.sizes.get(shape) ?? 0);
    this.sizes.set(shape, bytes);
  }

  remove(shape: Shape): void {
    this.total -= this.sizes.get(shape) ?? 0;
    this.sizes.delete(shape);
  }

  /**
   * The shape to give up next, or undefined while everything fits. A shape that does not fit alone, or whose log
   * takes more than half of all (a fresh snapshot is smaller), goes first. Then those that nobody waits for, the longest unused first.
   */
  next(): Shape | undefined {
    if (this.total <= this.cap) return undefined;
    let found: Shape | undefined;
    for (const [shape, bytes] of this.sizes) {
      if (bytes > this.cap || bytes - shape.log.snapshotBytes > this.cap / 2) return shape;
      if (!found || this.rank(shape, found) < 0) found = shape;
    }
    return found;
  }

  private rank(a: Shape, b: Shape): number {
    return Number(a.waiters.count > 0) - Number(b.waiters.count > 0) || a.lastUsed - b.lastUsed;
  }
}
