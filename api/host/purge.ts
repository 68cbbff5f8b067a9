// Removes what nobody needs any more, by written rules (docs/purge.md): in small batches, each a transaction of its own, so
// that nobody waits for it.
import type { Pool, PoolClient } from 'pg';

/** Days that things are kept. */
export const kept = {
  /** A device that was not heard of for so long is forgotten; it starts over, and loses nothing by it. */
  client: 90,
  /**
   * What a deleted row leaves behind: its clocks, and its values for whoever brings it back. sync.may_be_purged
   * (migrations/sync/server.sql) says 364: nothing is purged before inserts of its age are refused.
   */
  grave: 365,
  /** Bytes of a file whose row has not come: it may be on its way from a device without a network. */
  orphan: 7,
  /** Invitations that were used or have run out. */
  invite: 30,
  /** Sessions, verifications and counted attempts that are over. */
  account: 1,
} as const;

/** Rows of one batch. */
const batchRows = 500;
/** Files of one batch: up to 10 MB each. */
const batchFiles = 20;
/** Between two runs, and before the first, ms. */
const every = 60 * 60_000;
const settling = 60_000;

interface Rule {
  readonly table: string;
  /** Removes a batch. @returns how many rows went */
  run(client: PoolClient): Promise<number>;
}

/** Rows that nobody else is at are locked and removed. */
function over(table: string, when: string, most = batchRows): Rule {
  const sql = `delete from ${table} where ctid = any (array(
      select ctid from ${table} where ${when} limit ${most} for update skip locked))`;
  return { table, run: async (client) => (await client.query(sql)).rowCount ?? 0 };
}

const before = (days: number) => `now() - interval '${days} days'`;
const msBefore = (days: number) => `(extract(epoch from ${before(days)}) * 1000)::bigint`;

const rules: readonly Rule[] = [
  over('auth.session', `"expiresAt" < ${before(kept.account)}`),
  over('auth.verification', `"expiresAt" < ${before(kept.account)}`),
  over('auth.password_link', `expires_at < ${before(kept.account)}`),
  over('auth.rate_limit', `"lastRequest" < ${msBefore(kept.account)}`),
  over('auth.invite', `least(used_at, expires_at) < ${before(kept.invite)}`),
  // With each go its answers, up to a few hundred.
  over('sync.client', `seen_at < ${before(kept.client)}`, 20),
  over('sync.register', `not alive and life < lpad(to_hex(${msBefore(kept.grave)}), 12, '0') collate "C"`),
  { table: 'sync.file_bytes', run: orphans },
];

/**
 * Bytes without a row. A row that comes at this moment waits until the batch is over and then finds none (sync.note_stored):
 * the device that has them is asked for them again.
 */
async function orphans(client: PoolClient): Promise<number> {
  const without = `not exists (select from file f where f.workspace_id = b.workspace_id and f.hash = b.hash)`;
  const found = await client.query<{ workspace_id: string; hash: string }>(
    `select workspace_id, hash from sync.file_bytes b
      where at < now() - interval '${kept.orphan} days' and ${without} limit ${batchFiles} for update skip locked`,
  );
  if (found.rows.length === 0) return 0;
  // Looked at again with the locks: a row may have come between.
  const gone = await client.query(
    `delete from sync.file_bytes b using unnest($1::uuid[], $2::text[]) as x (workspace_id, hash)
      where b.workspace_id = x.workspace_id and b.hash = x.hash and ${without}`,
    [found.rows.map((row) => row.workspace_id), found.rows.map((row) => row.hash)],
  );
  return gone.rowCount ?? 0;
}

export class Purge {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    private readonly pool: Pool,
    private readonly log: (line: string) => void,
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
    for (const rule of rules) {
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

  async #batch(rule: Rule): Promise<number> {
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
