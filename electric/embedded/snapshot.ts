// Takes a shape's snapshot: a read-only transaction whose visibility is known exactly, and its rows packed into
// chunks of JSON as they arrive.
import type { Pool, PoolClient } from 'pg';
import { withConnection } from './connection';
import { copyOut } from './copy-out';
import { parseLsn } from './position';
import { type PgSnapshot, parsePgSnapshot, snapshotEndMessage } from './visibility';

export interface SnapshotSink {
  /** Told before any row. false: a transaction is missing that the stream has already passed; take another. */
  known(snapshot: PgSnapshot): boolean;
  /** A whole JSON array of messages. Throwing ends the snapshot. */
  chunk(bytes: Buffer): void;
}

/** How long to wait for a transaction that was streamed before it became visible. */
const visibleWithin = 10_000;

/**
 * Opens the transaction, tells the sink what it sees, and hands over the rows.
 * @param query one column of JSON messages without nulls; null for a shape that wants changes only
 */
export async function takeSnapshot(
  pool: Pool,
  query: string | null,
  chunkBytes: number,
  sink: SnapshotSink,
): Promise<void> {
  await withConnection(pool, async (client) => {
    const snapshot = await beginVisible(client, (each) => sink.known(each));
    const writer = new ChunkWriter(chunkBytes, (chunk) => sink.chunk(chunk));
    if (query !== null) await copyOut(client, query, (source, start, end) => writer.add(source, start, end));
    await client.query('commit');
    const last = Buffer.from(snapshotEndMessage(snapshot));
    writer.add(last, 0, last.length);
    writer.finish();
  });
}

/** Begins a transaction, again and again until `accept` agrees with what it sees. */
export async function beginVisible(
  client: PoolClient,
  accept: (snapshot: PgSnapshot) => boolean,
): Promise<PgSnapshot> {
  const deadline = Date.now() + visibleWithin;
  for (let wait = 1; ; wait = Math.min(wait * 2, 100)) {
    await client.query('begin isolation level repeatable read read only');
    const { rows } = await client.query<{ snapshot: string; lsn: string }>({
      name: 'shape-snapshot',
      text: 'select pg_current_snapshot()::text as snapshot, pg_current_wal_insert_lsn()::text as lsn',
    });
    const snapshot = parsePgSnapshot(rows[0]!.snapshot, parseLsn(rows[0]!.lsn));
    if (accept(snapshot)) return snapshot;
    await client.query('rollback');
    if (Date.now() > deadline) throw new Error('a committed transaction did not become visible in time');
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Packs messages into JSON arrays of about a given size. */
class ChunkWriter {
  private buffer = Buffer.allocUnsafeSlow(firstBuffer);
  private length = 0;

  constructor(
    private readonly chunkBytes: number,
    private readonly emit: (chunk: Buffer) => void,
  ) {}

  add(source: Buffer, start: number, end: number): void {
    const needed = this.length + (end - start) + 2;
    if (needed > this.buffer.length) this.grow(needed);
    this.buffer[this.length] = this.length === 0 ? 0x5b : 0x2c; // [ or ,
    source.copy(this.buffer, this.length + 1, start, end);
    this.length += end - start + 1;
    if (this.length >= this.chunkBytes) this.finish();
  }

  finish(): void {
    if (this.length === 0) return;
    this.buffer[this.length++] = 0x5d;
    const tight = this.buffer.length < this.length * 1.1;
    const used = this.buffer.subarray(0, this.length);
    this.emit(tight ? used : copyOf(used));
    this.buffer = Buffer.allocUnsafeSlow(firstBuffer);
    this.length = 0;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

const firstBuffer = 16 * 1024;

function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
