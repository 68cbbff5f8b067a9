// Raw SQL for the store's queries, and what a query may ask of the outbox.
import { type Expression, type QueryExecutorProvider, sql } from 'kysely';

/** Makes raw SQL something that the store can run. */
export function bound<R>(db: QueryExecutorProvider, query: ReturnType<typeof sql>) {
  return { compile: () => query.compile(db) as ReturnType<ReturnType<typeof sql<R>>['compile']> };
}

/** True if a row has changes that the server has not answered. */
export const pending = (rel: string, id: Expression<string>) =>
  sql<boolean>`exists (select 1 from sync.outbox o where o."table" = ${sql.lit(rel)} and o.row_id = ${id} and o.verdict is null)`;
