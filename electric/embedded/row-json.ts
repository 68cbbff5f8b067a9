// A shape's rows as JSON messages, made by Postgres: the SQL for snapshots. Keys and values are the texts that the
// stream sends for the same row (change-json.ts).
import type { Column, Table } from './catalog';
import { quoteName, quoteText } from './connection';
import { isWhole, keyPrefixSql } from './parts';

/** Built-in types whose cast to text is not how Postgres prints them. */
const castDiffers = new Set(['bool', 'bpchar', 'char', 'inet', 'cidr', 'name', 'xml']);
/** Types below this oid come with Postgres. */
const firstUserOid = 16_384;

/** SQL for a column's value as Postgres prints it and as the stream sends it, null staying null. */
export function columnText(column: Column): string {
  const name = quoteName(column.name);
  if (column.dimensions === 0 && (column.type === 'text' || column.type === 'varchar')) return name;
  const plain = column.dimensions > 0 || !castDiffers.has(column.type);
  if (plain && (column.typeOid < firstUserOid || column.kind === 'e')) return `${name}::text`;
  return `case when ${name} is not null then concat(${name}) end`;
}

/** As columnText, but booleans are `true` and `false`, as in Electric's snapshots (its log has `t` and `f`). */
function valueText(column: Column): string {
  const plain = column.type === 'bool' && column.dimensions === 0 && column.kind === 'b';
  return plain ? `${quoteName(column.name)}::text` : columnText(column);
}

/** The key's beginning: `"public"."task"`. */
export function keyPrefix(table: Pick<Table, 'schema' | 'name'>): string {
  const part = (name: string) => `"${name.replaceAll('/', '//').replaceAll('.', '..')}"`;
  return `${part(table.schema)}.${part(table.name)}`;
}

/** One component of a key, with its leading slash. */
export function keyPart(value: string | null): string {
  if (value === null) return '/_';
  return `/"${value.includes('/') ? value.replaceAll('/', '//') : value}"`;
}

/**
 * A query for a shape's rows, each one a JSON message `{key, value, headers}`.
 * @param columns the shape's columns, in the order in which they are to appear
 * @param headers JSON of the message's headers
 * @param tail everything after FROM and the table: WHERE, ORDER BY, LIMIT
 */
export function rowsQuery(table: Table, columns: readonly Column[], headers: string, tail: string): string {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const key = table.keyColumns.map((name) => {
    const column = byName.get(name)!;
    const part = `'/"' || replace(${columnText(column)}, '/', '//') || '"'`;
    return column.notNull ? part : `coalesce(${part}, '/_')`;
  });
  const keyText = [keyPrefixSql(table, keyPrefix), ...key].join(' || ');
  // A lateral row of texts: row_to_json writes and escapes it in one go. `v.*` is that row whatever the columns are
  // called; `v` alone would be a column of that name.
  const values = columns.map((column) => `${valueText(column)} as ${quoteName(column.name)}`).join(', ');
  const message = `'{"key":' || to_json(${keyText})::text || ',"value":' || (select row_to_json(v.*) from (select ${values}) v)::text || ${quoteText(`,"headers":${headers}}`)}`;
  // A part that came after the catalog was read is none of this shape, which ends when that is noticed.
  const from = isWhole(table) ? 'only ' : '';
  return `select ${message} from ${from}${quoteName(table.schema)}.${quoteName(table.name)} ${tail}`;
}
