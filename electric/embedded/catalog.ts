// What Postgres's catalog says of a table: columns, key, parts, and the fingerprint by which a change is noticed.
import type { ClientBase, Pool } from 'pg';
import { type Part, type PartRow, partsQuery, toPart } from './parts';

export interface Column {
  readonly name: string;
  /** pg_type's name of the type, or of the element when it is an array. */
  readonly type: string;
  readonly typeOid: number;
  /** Array dimensions as declared; 0 when it is no array. */
  readonly dimensions: number;
  readonly typeModifier: number;
  /** The type as SQL, with its modifier: `character varying(20)`. */
  readonly sqlType: string;
  /** pg_type's typtype: b base, e enum, d domain, c composite, r range. */
  readonly kind: string;
  readonly notNull: boolean;
  /** false: a generated column that the stream does not carry (virtual, or stored before Postgres 18). */
  readonly replicated: boolean;
  /** Place in the primary key from 0, or null. */
  readonly keyIndex: number | null;
  /** false: equal values may differ as text, because of the column's collation. */
  readonly deterministic: boolean;
  /** As SQL; null when it is the database's own. */
  readonly collation: string | null;
  /** Place in the table, which no later column of the same name has. */
  readonly number: number;
  /** An enum's labels by their oids, as JSON; null for other types. */
  readonly labels: string | null;
}

export interface Table {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
  /**
   * Primary key in its order; every column when the table has none, as in Electric, and when a table that inherits
   * from it lacks that key: then it tells rows apart no more.
   */
  readonly keyColumns: readonly string[];
  /** The relations that hold its rows, itself first. */
  readonly parts: readonly Part[];
  /** REPLICA IDENTITY FULL on the table and on each of its parts. */
  readonly fullIdentity: boolean;
  readonly partitioned: boolean;
  /** Changes when a shape of the table can no longer be followed; nullability alone does not count. */
  readonly fingerprint: string;
}

interface ColumnRow extends Omit<Column, 'deterministic'> {
  readonly oid: number;
  readonly schema: string;
  readonly table: string;
  readonly partitioned: boolean;
  readonly deterministic: boolean | null;
  /** With the first column only. */
  readonly parts: readonly PartRow[] | null;
}

const columnsQuery = `
select c.oid::int8::float8 as "oid", n.nspname as "schema", c.relname as "table", c.relkind = 'p' as "partitioned",
  case when row_number() over (partition by c.oid order by a.attnum) = 1 then (${partsQuery}) end as "parts",
  a.attname as "name", a.attnum as "number", coalesce(e.typname, t.typname) as "type", a.atttypid::int8::float8 as "typeOid",
  case when e.oid is null then 0 else greatest(a.attndims, 1) end as "dimensions", a.atttypmod as "typeModifier",
  format_type(a.atttypid, a.atttypmod) as "sqlType", t.typtype as "kind", a.attnotnull as "notNull",
  a.attgenerated = ''
    or a.attgenerated = 's' and current_setting('server_version_num')::int >= 180000 as "replicated",
  array_position(i.indkey::int2[], a.attnum) as "keyIndex",
  l.collisdeterministic as "deterministic",
  case when a.attcollation <> t.typcollation
    then quote_ident(ln.nspname) || '.' || quote_ident(l.collname) end as "collation",
  (select json_object_agg(v.oid, v.enumlabel order by v.oid)::text from pg_enum v
    where v.enumtypid = coalesce(e.oid, nullif(t.typbasetype, 0), t.oid)) as "labels"
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
left join pg_collation l on l.oid = a.attcollation
left join pg_namespace ln on ln.oid = l.collnamespace
left join pg_index i on i.indrelid = c.oid and i.indisprimary
where c.relkind in ('r', 'p')`;

/** The table of that name, or undefined. Names are exact, not folded. */
export async function findTable(pool: Pool, schema: string, name: string): Promise<Table | undefined> {
  const result = await pool.query<ColumnRow>({
    name: 'shape-table-by-name',
    text: `${columnsQuery} and n.nspname = $1 and c.relname = $2 order by a.attnum`,
    values: [schema, name],
  });
  return toTables(result.rows)[0];
}

/** The tables that exist of these; one by one in the order of the catalog. */
export async function describeTables(db: Pool | ClientBase, oids: readonly number[]): Promise<Table[]> {
  const result = await db.query<ColumnRow>({
    name: 'shape-tables-by-oid',
    text: `${columnsQuery} and c.oid = any ($1::int8[]::oid[]) order by c.oid, a.attnum`,
    values: [oids],
  });
  return toTables(result.rows);
}

function toTables(rows: readonly ColumnRow[]): Table[] {
  const byOid = new Map<number, ColumnRow[]>();
  for (const row of rows) {
    const group = byOid.get(row.oid);
    if (group) group.push(row);
    else byOid.set(row.oid, [row]);
  }
  return [...byOid.values()].map(toTable);
}

function toTable(rows: readonly ColumnRow[]): Table {
  const { oid, schema, table, partitioned } = rows[0]!;
  const columns = rows.map(
    (row): Column => ({
      name: row.name,
      type: row.type,
      typeOid: row.typeOid,
      dimensions: row.dimensions,
      typeModifier: row.typeModifier,
      sqlType: row.sqlType,
      kind: row.kind,
      notNull: row.notNull,
      replicated: row.replicated,
      keyIndex: row.keyIndex,
      deterministic: row.deterministic !== false,
      collation: row.collation,
      number: row.number,
      labels: row.labels,
    }),
  );
  const key = columns.filter((c) => c.keyIndex !== null).sort((a, b) => a.keyIndex! - b.keyIndex!);
  const keyNames = key.map((column) => column.name);
  const parts = rows.find((row) => row.parts !== null)!.parts!.map((part) => toPart(part, oid, keyNames));
  const keyed = key.length > 0 && parts.every((part) => part.keyed);
  return {
    oid,
    schema,
    name: table,
    columns,
    keyColumns: keyed ? keyNames : columns.map((column) => column.name),
    parts,
    fullIdentity: parts.every((part) => part.fullIdentity),
    partitioned,
    fingerprint: JSON.stringify([
      oid,
      schema,
      table,
      columns.map(({ notNull: _, labels: __, ...rest }) => rest),
      parts.map(({ file: _, columnsWritten: __, fullIdentity: ___, ...rest }) => rest),
    ]),
  };
}

/**
 * Whether a shape that knew the table as `before` can go on with it as it is `now`: its definition is the same, and
 * nothing has given its rows other values without a word in the stream.
 */
export function canGoOn(before: Table, now: Table): boolean {
  if (before.fingerprint !== now.fingerprint) return false;
  return !now.parts.some((part, i) => wasRewritten(before.parts[i]!, part)) && !lostLabel(before, now);
}

/** ALTER TABLE … USING, which writes columns and a new file. VACUUM FULL writes the file alone; SET NOT NULL the columns. */
function wasRewritten(before: Part, now: Part): boolean {
  return before.file !== now.file && before.columnsWritten !== now.columnsWritten;
}

/** A value of an enum was renamed; new ones change no row. */
function lostLabel(before: Table, now: Table): boolean {
  return before.columns.some(({ labels }, i) => {
    const after = now.columns[i]!.labels;
    if (labels === null || labels === after) return false;
    const renamed: Record<string, string> = JSON.parse(after ?? '{}');
    const old: Record<string, string> = JSON.parse(labels);
    return Object.entries(old).some(([oid, label]) => renamed[oid] !== label);
  });
}
