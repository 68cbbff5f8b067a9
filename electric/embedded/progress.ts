// How far the stream has come: the position that may be reported to clients, the one that Postgres may forget,
// and the transactions that have passed but may not be visible to everybody yet.
import { Epoch } from './epoch';
import type { Lsn } from './position';
import { isVisible, type PgSnapshot } from './visibility';

export class Progress {
  private readonly epoch = new Epoch();
  /** Every transaction whose commit lies at or before this has been handed to the shapes. Postgres's position. */
  private settled: Lsn = 0n;
  private processed: Lsn = 0n;
  /** 32-bit ids. */
  private passed: number[] = [];
  private open = false;
  /** Shapes that Postgres is still evaluating rows for; see evaluation.ts. */
  private evaluating = 0;
  private idle: (() => void)[] = [];

  /** Clients are told this position; every log is complete up to it, but for rows under evaluation. */
  get lsn(): Lsn {
    return this.epoch.report(this.epoch.shown(this.settled));
  }

  /** Postgres may forget what lies before this. */
  get acknowledged(): Lsn {
    return this.processed;
  }

  /** What clients are told for one of Postgres's positions. */
  shown(lsn: Lsn): Lsn {
    return this.epoch.shown(lsn);
  }

  /** A new stream begins. */
  restart(systemId: string, start: Lsn): void {
    this.passed = [];
    this.open = false;
    this.epoch.begin(systemId, start);
    this.processed = start;
    this.settled = start - 1n;
    this.checkIdle();
  }

  begin(): void {
    this.open = true;
  }

  /** @param end the position just after the commit record */
  commit(xid: number, lsn: Lsn, end: Lsn): void {
    this.passed.push(xid);
    this.open = false;
    this.advance(lsn, end);
    this.checkIdle();
  }

  /** Postgres has sent everything whose commit record lies before `walEnd`; the next may begin exactly there. */
  keepalive(walEnd: Lsn): void {
    if (!this.open) this.advance(walEnd - 1n, walEnd);
  }

  evaluationStarted(): void {
    this.evaluating++;
  }

  evaluationEnded(): void {
    this.evaluating--;
    this.checkIdle();
  }

  /**
   * A client holds an offset of a shape that this process does not know: positions go on above it from now on,
   * see Epoch.learn. Resolves when that is so. It waits for what is under way, so that no log goes backwards.
   */
  async learn(claimed: Lsn): Promise<void> {
    while (claimed > this.lsn && (this.open || this.evaluating > 0)) {
      await new Promise<void>((resolve) => this.idle.push(resolve));
    }
    if (claimed > this.lsn) this.epoch.learn(claimed);
  }

  /**
   * Whether a snapshot can be stitched to the stream: false while it lacks a transaction that has passed already.
   * That happens because Postgres streams a commit shortly before it shows it to others.
   */
  isComplete(snapshot: PgSnapshot): boolean {
    this.forgetPassed(snapshot);
    return this.passed.length === 0;
  }

  /** Forgets the transactions that everybody sees by now. */
  forgetPassed(snapshot: PgSnapshot): void {
    this.passed = this.passed.filter((xid) => !isVisible(xid, snapshot));
  }

  private advance(settled: Lsn, processed: Lsn): void {
    if (processed > this.processed) this.processed = processed;
    if (settled > this.settled) this.settled = settled;
  }

  private checkIdle(): void {
    if (this.open || this.evaluating > 0) return;
    const { idle } = this;
    this.idle = [];
    for (const resolve of idle) resolve();
  }
}
