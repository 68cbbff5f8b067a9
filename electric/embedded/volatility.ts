// Clauses that are not immutable to Postgres only because a setting decides how they work: all connections of this
// server agree on the settings (connection.ts), so here they depend on nothing but the row.
import type { PoolClient } from 'pg';
import { quoteName, quoteText } from './connection';

/** Functions of pg_catalog that read the time zone, date style or locale, and nothing else that changes. */
const bySettings = [
  'concat(any)',
  'concat_ws(text,any)',
  'timestamptz_pl_interval(timestamptz,interval)',
  'timestamptz_mi_interval(timestamptz,interval)',
  'interval_pl_timestamptz(interval,timestamptz)',
  'date_trunc(text,timestamptz)',
  'date_part(text,timestamptz)',
  'extract(text,timestamptz)',
  'timestamp(timestamptz)',
  'date(timestamptz)',
  'time(timestamptz)',
  'timestamptz(timestamp)',
  'timestamptz(date)',
];
const comparisons =
  '^((date|timestamp)_(eq|ne|lt|le|gt|ge)_timestamptz|timestamptz_(eq|ne|lt|le|gt|ge)_(date|timestamp))\\(';
/** Oids of text, varchar and bpchar: into these a value is only printed. */
const texts = [25, 1043, 1042];

/**
 * Whether settings are all that the clause depends on besides the row. The transaction must be open; what is made in
 * it goes away with it.
 * @param copy name of the table's empty temporary copy
 * @throws the error of pg when the clause is wrong
 */
export async function dependsOnSettingsOnly(client: PoolClient, copy: string, sql: string): Promise<boolean> {
  // The two are in one schema, so the view is called like no table at all could be at the same time.
  const view = `pg_temp.${quoteName(copy === 'shape server check' ? 'shape server view' : 'shape server check')}`;
  await client.query(`create temp view ${view} as select from pg_temp.${quoteName(copy)} where (${sql})`);
  // A view's stored tree names every function that will be called, operators' and casts' too.
  const { rows } = await client.query<{ fine: boolean }>(
    `with rule as (select ev_action::text as tree from pg_rewrite where ev_class = ${quoteText(view)}::regclass),
     called as (
       select p.pronamespace, p.proname || '(' || array_to_string(array(
         select t.typname from unnest(p.proargtypes) with ordinality a(oid, n) join pg_type t on t.oid = a.oid order by n
       ), ',') || ')' as signature
       from rule, regexp_matches(tree, ':(?:func|opfunc)id (\\d+)', 'g') m join pg_proc p on p.oid = m[1]::oid
       where p.provolatile <> 'i'
     )
     select not exists (
       select from called where pronamespace <> 'pg_catalog'::regnamespace
         or signature <> all ($1) and signature !~ $2
     ) and not exists (
       select from rule, regexp_matches(tree, ':resulttype (\\d+) :resultcollid', 'g') m where m[1]::int <> all ($3)
     ) as fine from rule`,
    [bySettings, comparisons, texts],
  );
  return rows[0]?.fine === true;
}
