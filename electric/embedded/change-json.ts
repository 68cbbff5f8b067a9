// Changes of a shape's rows as JSON messages. A codec is bound to the order in which the stream sends the table's
// columns; it is made anew when that order changes. Shapes of the same columns share one, so that a change that
// belongs to many of them is written once.
import type { Table } from './catalog';
import { keyRelation } from './parts';
import type { Relation, Value } from './pgoutput';
import { keyPart, keyPrefix } from './row-json';

export type Replica = 'default' | 'full';

/** What every message of one transaction says of it. */
export interface TransactionHeaders {
  /** `"lsn":"…","txids":[…]`. */
  readonly json: string;
}

/** A message without its last two braces, so that `last` can still be added; see shape-log.ts. */
export interface OpenMessage {
  readonly op: number;
  readonly text: string;
}

type Row = readonly Value[];

interface Field {
  readonly at: number;
  readonly label: string;
  readonly inKey: boolean;
}

export class ChangeCodec {
  private readonly prefix: string;
  private readonly keyPlaces: readonly number[];
  private readonly fields: readonly Field[];
  private readonly relation: string;
  /** Rows of the stream are new objects each time, so the object itself tells the change. */
  private readonly last: Partial<
    Record<
      'insert' | 'update' | 'delete',
      { readonly row: Row; readonly headers: TransactionHeaders; readonly messages: readonly OpenMessage[] }
    >
  > = {};

  /**
   * @param columns names of the shape's columns
   * @throws RangeError when the relation lacks one of them
   */
  constructor(
    table: Table,
    columns: readonly string[],
    private readonly replica: Replica,
    relation: Relation,
  ) {
    const places = columnPlaces(relation);
    const place = (name: string) => {
      const at = places.get(name);
      if (at === undefined) throw new RangeError(`no column ${name}`);
      return at;
    };
    const keys = new Set(table.keyColumns);
    this.prefix = keyPrefix(keyRelation(table, relation.id));
    this.keyPlaces = table.keyColumns.map(place);
    this.fields = columns.map((name) => ({
      at: place(name),
      label: `${JSON.stringify(name)}:`,
      inKey: keys.has(name),
    }));
    this.relation = `"relation":${JSON.stringify([table.schema, table.name])}`;
  }

  insert(row: Row, op: number, headers: TransactionHeaders): readonly OpenMessage[] {
    return this.once('insert', row, headers, () => [
      this.message(this.key(row), this.value(row), 'insert', '', op, headers),
    ]);
  }

  remove(old: Row, op: number, headers: TransactionHeaders): readonly OpenMessage[] {
    return this.once('delete', old, headers, () => [
      this.message(this.key(old), this.deleted(old), 'delete', '', op, headers),
    ]);
  }

  /** No message when no column of the shape changed; a delete and an insert when the key did. */
  update(old: Row, row: Row, op: number, headers: TransactionHeaders): readonly OpenMessage[] {
    return this.once('update', row, headers, () => this.writeUpdate(old, row, op, headers));
  }

  private writeUpdate(old: Row, row: Row, op: number, headers: TransactionHeaders): OpenMessage[] {
    const changed = this.fields.filter(({ at }) => old[at] !== row[at]);
    const key = this.key(row);
    const oldKey = this.key(old);
    if (key !== oldKey) {
      const to = `,"key_change_to":${JSON.stringify(key)}`;
      const from = `,"key_change_from":${JSON.stringify(oldKey)}`;
      return [
        this.message(oldKey, this.deleted(old), 'delete', to, op, headers),
        this.message(key, this.value(row), 'insert', from, op + 1, headers),
      ];
    }
    if (changed.length === 0) return [];
    if (this.replica === 'full') {
      const value = `${this.value(row)},"old_value":${object(changed, old)}`;
      return [this.message(key, value, 'update', '', op, headers)];
    }
    const sent = this.fields.filter((field) => field.inKey || old[field.at] !== row[field.at]);
    return [this.message(key, object(sent, row), 'update', '', op, headers)];
  }

  /** The messages of a change; those of the last change of each kind are kept for the next shape that asks. */
  private once(
    kind: 'insert' | 'update' | 'delete',
    row: Row,
    headers: TransactionHeaders,
    write: () => readonly OpenMessage[],
  ): readonly OpenMessage[] {
    const last = this.last[kind];
    if (last?.row === row && last.headers === headers) return last.messages;
    const messages = write();
    this.last[kind] = { row, headers, messages };
    return messages;
  }

  private key(row: Row): string {
    let key = this.prefix;
    for (const at of this.keyPlaces) key += keyPart(row[at] ?? null);
    return key;
  }

  private value(row: Row): string {
    return object(this.fields, row);
  }

  private deleted(old: Row): string {
    return object(this.replica === 'full' ? this.fields : this.fields.filter((field) => field.inKey), old);
  }

  private message(
    key: string,
    value: string,
    operation: string,
    extra: string,
    op: number,
    headers: TransactionHeaders,
  ): OpenMessage {
    return {
      op,
      text: `{"key":${JSON.stringify(key)},"value":${value},"headers":{"operation":"${operation}",${this.relation},${headers.json},"op_position":${op}${extra}`,
    };
  }
}

/** Where the stream puts each column. */
export function columnPlaces(relation: Relation): Map<string, number> {
  return new Map(relation.columns.map((column, at) => [column.name, at]));
}

export function transactionHeaders(lsn: bigint, xid: number): TransactionHeaders {
  return { json: `"lsn":"${lsn}","txids":[${xid}]` };
}

function object(fields: readonly Field[], row: Row): string {
  let json = '';
  for (const { at, label } of fields) {
    const value = row[at];
    json += `${json === '' ? '{' : ','}${label}${value === null || value === undefined ? 'null' : JSON.stringify(value)}`;
  }
  return json === '' ? '{}' : `${json}}`;
}
