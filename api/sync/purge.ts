// Removes what nobody needs any more, by written rules: in small batches, each a transaction of its own, so that nobody
// waits for it. The core's own rules are here; features add theirs.
import type { Pool, PoolClient } from 'pg';

/** Days that things of the core are kept. */
export const keptBySync = {
  /** A device that was not heard of for so long is forgotten; it starts over, and loses nothing by it. */
  client: 90,
  /**
   * What a deleted row leaves behind: its clocks, and its values for whoever brings it back. sync.may_be_purged
   * (migrations/sync/server.sql) says 364: nothing is purged before inserts of its age are refused.
   */
  grave: 365,
} as const;

/** Rows of one batch. */
const batchRows = 500;
/** Between two runs, and before the first, ms. */
const every = 60 * 60_000;
const settling = 60_000;

export interface PurgeRule {
  readonly table: string;
  /** Removes a batch, in a transaction that is there. @returns how many rows went */
  run(client: PoolClient): Promise<number>;
}

/**
 * Rows that nobody else is at are locked and removed.
 * @param when SQL over a row of the table
 * @param most rows of one batch
 */
export function purgeWhen(table: string, when: string, most = batchRows): PurgeRule {
  const sql = `delete from ${table} where ctid = any (array(
      select ctid from ${table} where ${when} limit ${most} for update skip locked))`;
  return { table, run: async (client) => (await client.query(sql)).rowCount ?? 0 };
}

/** @returns SQL of the moment so many days ago */
export const daysAgo = (days: number) => `now() - interval '${days} days'`;
/** @returns the same in ms since 1970 */
export const msDaysAgo = (days: number) => `(extract(epoch from ${daysAgo(days)}) * 1000)::bigint`;

const graveEnd = `lpad(to_hex(${msDaysAgo(keptBySync.grave)}), 12, '0') collate "C"`;

export const syncPurge: readonly PurgeRule[] = [
  // With each go its answers, up to a few hundred.
  purgeWhen('sync.client', `seen_at < ${daysAgo(keptBySync.client)}`, 20),
  purgeWhen('sync.register', `not alive and life < ${graveEnd}`),
];

export class Purge {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    private readonly pool: Pool,
    private readonly log: (line: string) => void,
    private readonly rules: readonly PurgeRule[],
  ) {}

  /** Runs now and then, first when the server has settled. */
  start(wait = settling): void {
    this.#timer = setTimeout(() => {
      this.#running = this.run().then(() => {
        if (!this.#closed) this.start(every);
      });
    }, wait);
    this.#timer.unref();
  }

  /**
   * Removes all that is over, one batch after the other. What cannot be done now is done the next time.
   * @returns rows removed, by table
   */
  async run(): Promise<Record<string, number>> {
    const removed: Record<string, number> = {};
    for (const rule of this.rules) {
      removed[rule.table] = 0;
      try {
        for (let gone = 1; gone > 0 && !this.#closed; ) {
          gone = await this.#batch(rule);
          removed[rule.table]! += gone;
        }
      } catch (error) {
        if (!this.#closed) this.log(`purge of ${rule.table}: ${(error as Error).message}`);
      }
    }
    return removed;
  }

  async #batch(rule: PurgeRule): Promise<number> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      // Whatever holds it up is more important.
      await client.query("set local lock_timeout = '200ms'");
      await client.query("set local statement_timeout = '5s'");
      const gone = await rule.run(client);
      await client.query('commit');
      return gone;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
