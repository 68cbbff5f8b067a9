// Looks tables up by name, with a memory for those that were there a moment ago: a table that is dropped and made
// again by a migration should look to its readers like a change of the table, not like an error of theirs.
import type { Pool } from 'pg';
import { findTable, type Table } from './catalog';
import { invalid, ShapeError } from './errors';
import type { parseRelation } from './identifiers';

/** How long a table that was there is missed, in ms, and how long a request waits for it to come back. */
const missedFor = 10_000;
const waitFor = 1_000;
const askEvery = 100;
/** Names that are remembered at most. */
const mostNames = 10_000;

export class KnownTables {
  private readonly seen = new Map<string, number>();

  constructor(private readonly pool: Pool) {}

  /**
   * @param name exact, as Postgres stores it
   * @throws ShapeError `refetch` when the table was there a moment ago, else `invalid` on `table`
   */
  async find(name: ReturnType<typeof parseRelation>, signal: AbortSignal): Promise<Table> {
    const key = JSON.stringify([name.schema, name.name]);
    const started = Date.now();
    for (;;) {
      const table = await findTable(this.pool, name.schema, name.name);
      if (table) {
        if (this.seen.size >= mostNames) this.seen.clear();
        this.seen.set(key, Date.now());
        return table;
      }
      const last = this.seen.get(key) ?? 0;
      if (Date.now() - last > missedFor) {
        this.seen.delete(key);
        throw invalid(
          'table',
          `Table ${JSON.stringify(name.schema)}.${JSON.stringify(name.name)} does not exist. If the table name contains capitals or special characters you must quote it.`,
        );
      }
      if (Date.now() - started > waitFor || signal.aborted) {
        throw new ShapeError('refetch', 'The table has just been dropped.');
      }
      await new Promise((resolve) => setTimeout(resolve, askEvery));
    }
  }
}
