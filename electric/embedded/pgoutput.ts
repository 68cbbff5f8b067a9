// Decoder of Postgres's logical replication messages (the pgoutput plugin, protocol version 1, text format).
// It reads each message out of the socket's buffer at once and keeps nothing of it: the buffer is reused.
import type { Lsn } from './position';

/** A column's value as Postgres text; undefined: an unchanged TOAST value that was not sent. */
export type Value = string | null | undefined;

export interface Relation {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly {
    readonly name: string;
    readonly typeOid: number;
    readonly typeModifier: number;
  }[];
}

export interface PgoutputHandler {
  /** `lsn` is the commit's position; `xid` the 32-bit transaction id. */
  begin(xid: number, lsn: Lsn): void;
  /** `endLsn` is the position just after the commit record. */
  commit(lsn: Lsn, endLsn: Lsn): void;
  relation(relation: Relation): void;
  /** false: the row of this relation is counted but not decoded. */
  wants(relationId: number): boolean;
  /** Called for every row change, wanted or not, before its values are read. */
  operation(): void;
  insert(relationId: number, row: Value[]): void;
  /** `old` is undefined when the table does not have REPLICA IDENTITY FULL. */
  update(relationId: number, old: Value[] | undefined, row: Value[]): void;
  /** `complete` is false when only the key's columns were sent. */
  remove(relationId: number, old: Value[], complete: boolean): void;
  truncate(relationIds: readonly number[]): void;
}

/** Reads one message (without the XLogData header) and calls the handler. Unknown kinds are ignored. */
export function decodePgoutput(bytes: Buffer, handler: PgoutputHandler): void {
  switch (bytes[0]) {
    case 0x42: // B
      handler.begin(bytes.readUInt32BE(17), bytes.readBigUInt64BE(1));
      break;
    case 0x43: // C
      handler.commit(bytes.readBigUInt64BE(2), bytes.readBigUInt64BE(10));
      break;
    case 0x52: // R
      handler.relation(readRelation(bytes));
      break;
    case 0x49: // I
      readInsert(bytes, handler);
      break;
    case 0x55: // U
      readUpdate(bytes, handler);
      break;
    case 0x44: // D
      readDelete(bytes, handler);
      break;
    case 0x54: // T
      readTruncate(bytes, handler);
      break;
    default:
  }
}

function readRelation(bytes: Buffer): Relation {
  const cursor = new Cursor(bytes, 1);
  const id = cursor.uint32();
  const schema = cursor.text() || 'pg_catalog';
  const name = cursor.text();
  cursor.skip(1);
  const columns = Array.from({ length: cursor.uint16() }, () => {
    cursor.skip(1);
    return { name: cursor.text(), typeOid: cursor.uint32(), typeModifier: cursor.int32() };
  });
  return { id, schema, name, columns };
}

function readInsert(bytes: Buffer, handler: PgoutputHandler): void {
  const cursor = new Cursor(bytes, 1);
  const id = cursor.uint32();
  handler.operation();
  if (!handler.wants(id)) return;
  cursor.skip(1); // 'N'
  handler.insert(id, cursor.tuple());
}

function readUpdate(bytes: Buffer, handler: PgoutputHandler): void {
  const cursor = new Cursor(bytes, 1);
  const id = cursor.uint32();
  handler.operation();
  if (!handler.wants(id)) return;
  const kind = cursor.byte();
  let old: Value[] | undefined;
  if (kind !== 0x4e) {
    const tuple = cursor.tuple();
    if (kind === 0x4f) old = tuple; // 'O' is the whole row, 'K' only its key
    cursor.skip(1);
  }
  const row = cursor.tuple();
  if (old) for (let i = 0; i < row.length; i++) if (row[i] === undefined) row[i] = old[i];
  handler.update(id, old, row);
}

function readDelete(bytes: Buffer, handler: PgoutputHandler): void {
  const cursor = new Cursor(bytes, 1);
  const id = cursor.uint32();
  handler.operation();
  if (!handler.wants(id)) return;
  const complete = cursor.byte() === 0x4f;
  handler.remove(id, cursor.tuple(), complete);
}

function readTruncate(bytes: Buffer, handler: PgoutputHandler): void {
  const cursor = new Cursor(bytes, 1);
  const count = cursor.uint32();
  cursor.skip(1);
  const ids = Array.from({ length: count }, () => cursor.uint32());
  for (const _ of ids) handler.operation();
  handler.truncate(ids);
}

class Cursor {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  skip(count: number): void {
    this.at += count;
  }

  byte(): number {
    return this.bytes[this.at++]!;
  }

  uint16(): number {
    this.at += 2;
    return this.bytes.readUInt16BE(this.at - 2);
  }

  uint32(): number {
    this.at += 4;
    return this.bytes.readUInt32BE(this.at - 4);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  /** A zero-terminated string. */
  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  tuple(): Value[] {
    const count = this.uint16();
    const values = new Array<Value>(count);
    for (let i = 0; i < count; i++) {
      const kind = this.bytes[this.at++];
      if (kind === 0x6e) values[i] = null;
      else if (kind === 0x75) values[i] = undefined;
      else {
        const length = this.int32();
        values[i] = this.bytes.toString('utf8', this.at, this.at + length);
        this.at += length;
      }
    }
    return values;
  }
}
