// What Postgres's catalog says of a table: columns, key, and the fingerprint by which a change is noticed.
import type { ClientBase, Pool } from 'pg';

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
}

export interface Table {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
  /** Primary key in its order; every column when the table has none, as in Electric. */
  readonly keyColumns: readonly string[];
  readonly hasPrimaryKey: boolean;
  /** REPLICA IDENTITY FULL on the table and, when it is partitioned, on each partition. */
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
  readonly fullIdentity: boolean;
  readonly deterministic: boolean | null;
}

const columnsQuery = `
select c.oid::int8::float8 as "oid", n.nspname as "schema", c.relname as "table", c.relkind = 'p' as "partitioned",
  not exists (
    select from pg_partition_tree(c.oid) p join pg_class leaf on leaf.oid = p.relid
    where p.isleaf and leaf.relreplident <> 'f'
  ) and c.relreplident = 'f' as "fullIdentity",
  a.attname as "name", coalesce(e.typname, t.typname) as "type", a.atttypid::int8::float8 as "typeOid",
  case when e.oid is null then 0 else greatest(a.attndims, 1) end as "dimensions", a.atttypmod as "typeModifier",
  format_type(a.atttypid, a.atttypmod) as "sqlType", t.typtype as "kind", a.attnotnull as "notNull",
  a.attgenerated = ''
    or a.attgenerated = 's' and current_setting('server_version_num')::int >= 180000 as "replicated",
  array_position(i.indkey::int2[], a.attnum) as "keyIndex",
  l.collisdeterministic as "deterministic",
  case when a.attcollation <> t.typcollation
    then quote_ident(ln.nspname) || '.' || quote_ident(l.collname) end as "collation"
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
  const { oid, schema, table, partitioned, fullIdentity } = rows[0]!;
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
    }),
  );
  const key = columns.filter((c) => c.keyIndex !== null).sort((a, b) => a.keyIndex! - b.keyIndex!);
  return {
    oid,
    schema,
    name: table,
    columns,
    keyColumns: (key.length > 0 ? key : columns).map((c) => c.name),
    hasPrimaryKey: key.length > 0,
    fullIdentity,
    partitioned,
    fingerprint: JSON.stringify([oid, schema, table, columns.map(({ notNull: _, ...rest }) => rest)]),
  };
}
