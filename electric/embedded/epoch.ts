// The positions that clients see: Postgres's own, shifted upwards when the database behind us starts again from
// lower ones. Clients such as pglite-sync ignore changes at positions they have passed, so a position must never
// go backwards for anyone.
import type { Lsn } from './position';

/** Shifts are multiples of this, far beyond any WAL, so that a shifted position still reads as an offset. */
const step = 1n << 50n;
/** Nothing beyond is believed: an offset is a client's claim. */
const highest = 1n << 62n;

export class Epoch {
  private base = 0n;
  private systemId: string | undefined;
  private reported: Lsn = 0n;

  /** A new stream begins: makes sure that it goes on above what was reported from the last one. */
  begin(systemId: string, start: Lsn): void {
    const another = this.systemId !== undefined && this.systemId !== systemId;
    this.systemId = systemId;
    if (another || this.shown(start) <= this.reported) this.raise(this.reported);
  }

  /** What clients are told for one of Postgres's positions. */
  shown(lsn: Lsn): Lsn {
    return lsn + this.base;
  }

  /** Remembers what was told; returns it. */
  report(shown: Lsn): Lsn {
    if (shown > this.reported) this.reported = shown;
    return this.reported;
  }

  /**
   * A client holds an offset of a shape that this process does not know. When it lies ahead of everything, it is
   * from before a reset: positions go on above it from now on.
   */
  learn(claimed: Lsn): void {
    if (claimed > this.reported && claimed < highest) this.raise(claimed);
  }

  private raise(above: Lsn): void {
    const wanted = ((above >> 50n) + 1n) * step;
    if (wanted > this.base) this.base = wanted;
  }
}
