// Positions in a shape's log: WAL positions as numbers, the offsets that clients hold, and their order.
// A log sequence number (LSN) is a bigint here and a decimal string on the wire.

/** A WAL position. What clients see may be shifted upwards from Postgres's own (see epoch.ts). */
export type Lsn = bigint;

/**
 * A place in a shape's log. `tx` is -1 before everything, 0 inside the snapshot (`op` is then the chunk), and
 * the commit LSN of a transaction after it (`op` is then twice the operation's index). `op` may be Infinity.
 */
export interface Position {
  readonly tx: Lsn;
  readonly op: number;
}

export const beforeAll: Position = { tx: -1n, op: 0 };

/** The end of the snapshot: just before the first transaction of the log. */
export const snapshotEnd: Position = { tx: 0n, op: Number.POSITIVE_INFINITY };

/** Negative when `a` comes first, 0 when they are the same place. */
export function comparePositions(a: Position, b: Position): number {
  if (a.tx !== b.tx) return a.tx < b.tx ? -1 : 1;
  return a.op === b.op ? 0 : a.op < b.op ? -1 : 1;
}

/** The text form used in `offset` and in the `electric-offset` header. */
export function formatPosition(position: Position): string {
  if (position.tx < 0n) return '-1';
  return `${position.tx}_${position.op === Number.POSITIVE_INFINITY ? 'inf' : position.op}`;
}

const pattern = /^(\d{1,20})_(\d{1,15}|inf)$/;

/** Reads an offset; undefined when it is malformed. `now` is not a position and is handled by the caller. */
export function parsePosition(text: string): Position | undefined {
  if (text === '-1' || text === '-1_0') return beforeAll;
  const match = pattern.exec(text);
  if (!match) return undefined;
  const op = match[2] === 'inf' ? Number.POSITIVE_INFINITY : Number(match[2]);
  return { tx: BigInt(match[1]!), op };
}

/** Reads Postgres's `16/B374D848`. */
export function parseLsn(text: string): Lsn {
  const [high, low] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
