// The relations that hold a table's rows: itself, its partitions, and the tables that inherit from it. The stream names
// a row by the relation that it lies in, and a read of the table finds them all.
import { quoteText } from './connection';

export interface Part {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `own`: the table itself; `child`: it inherits, and may have more columns and rows of the same key. */
  readonly kind: 'own' | 'partition' | 'child';
  /** Its rows are told apart by the table's primary key. */
  readonly keyed: boolean;
  readonly fullIdentity: boolean;
  /** Why its changes are not in the stream, as the end of a sentence. */
  readonly unseen: 'is a foreign table' | 'is unlogged' | null;
  /** Changes whenever it is made a part anew. */
  readonly link: string;
  /** Changes when its file is written anew. */
  readonly file: string;
  /** Changes when the catalog's rows of its columns are. */
  readonly columnsWritten: string;
}

export interface PartRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly relkind: string;
  readonly relispartition: boolean;
  readonly relreplident: string;
  readonly relpersistence: string;
  /** Names of its primary key's columns. */
  readonly key: readonly string[] | null;
  readonly link: string;
  readonly file: string;
  readonly written: string | null;
}

/**
 * SQL for the parts of the table `c`, a JSON array of PartRow, the table first. A partition that is being detached is
 * none; a temporary child belongs to somebody else's session.
 */
export const partsQuery = `
  with recursive tree as (
    select c.oid as part, '' as link
    union
    select h.inhrelid, h.inhparent || ':' || h.xmin from tree join pg_inherits h on h.inhparent = tree.part
      where not h.inhdetachpending
  ), linked as (
    select tree.part, string_agg(tree.link, ' ' order by tree.link) as link from tree group by tree.part
  )
  select json_agg(json_build_object('oid', p.oid::int8, 'schema', pn.nspname, 'name', p.relname, 'relkind', p.relkind,
    'relispartition', p.relispartition, 'relreplident', p.relreplident, 'relpersistence', p.relpersistence,
    'link', linked.link, 'file', p.relfilenode::text,
    'key', (select json_agg(k.attname) from pg_index pk join pg_attribute k on k.attrelid = p.oid
      and k.attnum = any (pk.indkey::int2[]) where pk.indrelid = p.oid and pk.indisprimary),
    'written', (select string_agg(w.xmin::text, ' ' order by w.attnum) from pg_attribute w
      where w.attrelid = p.oid and w.attnum > 0)
  ) order by p.oid <> c.oid, p.oid)
  from linked join pg_class p on p.oid = linked.part join pg_namespace pn on pn.oid = p.relnamespace
  where p.oid = c.oid or p.relpersistence <> 't'`;

/**
 * @param table oid of the table whose part it is
 * @param key names of that table's primary key's columns
 */
export function toPart(row: PartRow, table: number, key: readonly string[]): Part {
  const own = row.oid === table;
  const sameKey = row.key?.length === key.length && key.every((name) => row.key!.includes(name));
  const kind = own ? 'own' : row.relispartition ? 'partition' : 'child';
  return {
    oid: row.oid,
    schema: row.schema,
    name: row.name,
    kind,
    keyed: kind === 'child' ? sameKey : true,
    // A partitioned table holds no row itself, but lends its identity to partitions that are made later.
    fullIdentity: row.relreplident === 'f' || row.relkind === 'f',
    unseen: row.relkind === 'f' ? 'is a foreign table' : row.relpersistence === 'u' ? 'is unlogged' : null,
    link: own ? '' : row.link,
    file: row.file,
    columnsWritten: row.written ?? '',
  };
}

/** The parts that a publication must name: partitions come with the table that they are partitions of. */
export function publishedParts(parts: readonly Part[]): Part[] {
  return parts.filter((part) => part.kind !== 'partition');
}

/** The name under which a part's rows have their key: the table's, but for a child, which may have a row of the same key. */
export function keyRelation(table: { schema: string; name: string; parts: readonly Part[] }, oid: number) {
  return table.parts.find((part) => part.oid === oid && part.kind === 'child') ?? table;
}

/**
 * SQL for the key's beginning of a row, by the part that it lies in. `prefix` writes it for a relation. A part that came
 * after the catalog was read has a name of its own, so that its rows are not taken for others; the shape ends soon.
 */
export function keyPrefixSql(
  table: { schema: string; name: string; parts: readonly Part[] },
  prefix: (relation: { schema: string; name: string }) => string,
): string {
  if (isWhole(table)) return quoteText(prefix(table));
  const known = table.parts.map((part) => {
    const name = prefix(part.kind === 'child' ? part : table);
    return `when ${part.oid} then ${quoteText(name)}`;
  });
  return `case tableoid::int8 ${known.join(' ')} else tableoid::text end`;
}

/** Whether all of the table's rows lie in itself. */
export function isWhole(table: { readonly parts: readonly Part[] }): boolean {
  return table.parts.every((part) => part.kind === 'own');
}
