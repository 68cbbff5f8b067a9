// The standard views of Postgres (pg_catalog's and information_schema), which a prepared database does not have (slim.ts).
// Nothing of the device's own asks for them; who runs SQL of others puts them back first.
import type { PGlite } from '@electric-sql/pglite';

/** @returns whether the database has the standard views: one of before does, and one to which they were given back */
export async function hasStandardViews(pg: Pick<PGlite, 'query'>): Promise<boolean> {
  const { rows } = await pg.query(
    "select from pg_class where relname = 'pg_tables' and relnamespace = 'pg_catalog'::regnamespace",
  );
  return rows.length > 0;
}

/**
 * Makes the standard views in a database that lacks them, whole or not at all; elsewhere it changes nothing.
 * @param sql Postgres's own system_views.sql and information_schema.sql, one after the other
 * @returns whether they were made
 */
export async function makeStandardViews(
  pg: Pick<PGlite, 'query' | 'transaction'>,
  sql: () => Promise<string>,
): Promise<boolean> {
  if (await hasStandardViews(pg)) return false;
  const script = (await sql()).replaceAll(/^SET search_path/gim, 'SET LOCAL search_path');
  return await pg.transaction(async (tx) => {
    // Another one may have been quicker.
    if (await hasStandardViews(tx as Pick<PGlite, 'query'>)) return false;
    await tx.exec('set local search_path = pg_catalog; set local check_function_bodies = off');
    await tx.exec(script);
    return true;
  });
}
