// Which transactions a snapshot already contains: by transaction id, as Postgres itself decides it. WAL
// positions cannot tell: a commit is written to the WAL before it becomes visible.
import type { Lsn } from './position';

/** Of `pg_current_snapshot()`: 64-bit transaction ids. */
export interface PgSnapshot {
  /** Everything below is visible or rolled back. */
  readonly xmin: bigint;
  /** Nothing from here on is visible. */
  readonly xmax: bigint;
  /** Between the two: still running, so not visible. */
  readonly running: readonly bigint[];
  /** Every visible transaction's commit lies before this position. */
  readonly lsn: Lsn;
}

/** Reads `xmin:xmax:a,b,c`. */
export function parsePgSnapshot(text: string, lsn: Lsn): PgSnapshot {
  const [xmin, xmax, running] = text.split(':');
  return {
    xmin: BigInt(xmin!),
    xmax: BigInt(xmax!),
    running: running ? running.split(',').map(BigInt) : [],
    lsn,
  };
}

/** The 64-bit id of a 32-bit one, taking the epoch in which it lies nearest to `near`. */
export function fullXid(xid: number, near: bigint): bigint {
  return near + BigInt.asIntN(32, BigInt(xid) - near);
}

/** Whether the snapshot sees what the transaction (32-bit id) did, given that it committed. */
export function isVisible(xid: number, snapshot: PgSnapshot): boolean {
  const full = fullXid(xid, snapshot.xmax);
  if (full < snapshot.xmin) return true;
  if (full >= snapshot.xmax) return false;
  return !snapshot.running.includes(full);
}

/** The control message that ends a snapshot. */
export function snapshotEndMessage(snapshot: PgSnapshot): string {
  return JSON.stringify({
    headers: {
      control: 'snapshot-end',
      xmin: String(snapshot.xmin),
      xmax: String(snapshot.xmax),
      xip_list: snapshot.running.map(String),
    },
  });
}
