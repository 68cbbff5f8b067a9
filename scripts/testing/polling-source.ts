// A second source of a device's rows, beside the shape stream: it polls plain SQL (polling-route.ts). Every poll brings the
// ids and versions of all rows, so that deletions are found, and the rows with a version above the highest that is here.
// A version is given before its transaction commits, so one may come late, below that: what is missing then is asked for
// by the next poll, and nothing is stored before. It shows that the source can be swapped; it is not for large workspaces.
import { setTimeout as wait } from 'node:timers/promises';
import { LinkError, readJson } from '../../client/sync/link';
import type { Followed, Following, OpenSource, RowSource, SourceHost } from '../../client/sync/row-source';
import { problemOf, syncProblem } from '../../client/sync/sync-problem';
import { type Polled, pollAnswer } from './polling-route';

/** ms from one answer to the next poll. */
const EVERY = 60;

/** @param url of the polling route's server */
export function pollingSource(url: string): OpenSource {
  return (host) => new PollingSource(host, url);
}

class PollingSource implements RowSource {
  healthy = true;
  #followed = new Set<PolledTable>();
  #listens = false;
  #running = false;
  /** The read path is told that the memberships are others. */
  #telling = false;
  /** What touches the database just now. */
  #storing: Promise<unknown> = Promise.resolve();
  #closed = new AbortController();

  constructor(
    private readonly host: SourceHost,
    private readonly url: string,
  ) {}

  follow(followed: Followed): Following {
    const table: PolledTable = new PolledTable(this.host, followed, async () => {
      this.#followed.delete(table);
      await this.#storing.catch(() => {});
    });
    this.#followed.add(table);
    void this.#run();
    return table;
  }

  listen(): void {
    this.#listens = true;
    void this.#run();
  }

  /** What is here is all that it goes by. */
  async forget(): Promise<void> {}

  close(): void {
    this.#closed.abort();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const { link } = this.host;
    const closed = this.#closed.signal;
    for (let failures = 0; !closed.aborted && (this.#listens || this.#followed.size > 0); ) {
      try {
        await link.ready(closed);
        const isWhole = await this.#poll([...this.#followed]);
        failures = 0;
        this.#health(true);
        if (isWhole) await wait(EVERY, undefined, { signal: closed });
      } catch (error) {
        if (closed.aborted) break;
        for (const table of this.#followed) table.cut();
        this.#health(false, error);
        await link.pause(closed, ++failures).catch(() => {});
      }
    }
    this.#running = false;
  }

  /** @returns false when something was missed: the next poll is to follow at once */
  async #poll(tables: readonly PolledTable[]): Promise<boolean> {
    const { link, memberships } = this.host;
    const asked = await this.#store(async () => {
      const all = [];
      for (const table of tables) all.push(await table.asked());
      return all;
    });
    const response = await link.once(`${this.url}/rows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ tables: asked }),
      signal: this.#closed.signal,
    });
    const answer = pollAnswer.parse(await readJson(response));
    link.heard();
    const isWhole = await this.#store(async () => {
      let all = true;
      for (const [i, table] of tables.entries()) all = (await table.take(answer.tables[i] ?? null)) && all;
      return all;
    });
    const known = memberships();
    if (known !== null && known !== answer.memberships) this.#membershipsChanged();
    return isWhole;
  }

  #membershipsChanged(): void {
    if (this.#telling) return;
    this.#telling = true;
    void this.host.membershipsChanged().finally(() => {
      this.#telling = false;
    });
  }

  async #store<T>(run: () => Promise<T>): Promise<T> {
    const storing = run();
    this.#storing = storing;
    return await storing;
  }

  #health(healthy: boolean, error?: unknown): void {
    if (healthy && this.healthy) return;
    this.healthy = healthy;
    if (healthy) this.host.health(null);
    else this.host.health(error instanceof LinkError ? problemOf(error) : syncProblem('unreadable'));
  }
}

class PolledTable implements Following {
  loadedRows = 0;
  batches = 0;
  upToDate = false;
  loadingRows: number | null = null;
  #closed = false;
  /** Ids and versions as last stored; null: nothing is known, and what is here is looked up. */
  #known: string | null = null;
  /** Rows with a higher version are asked for; null: with a higher one than the highest here. */
  #after: bigint | null = null;
  /** Everything is to be stored anew. */
  #anew = false;

  constructor(
    private readonly host: SourceHost,
    private readonly followed: Followed,
    private readonly left: () => Promise<void>,
  ) {}

  get table(): string {
    return this.followed.table;
  }

  get #scope(): string {
    return this.host.schema.tables[this.table]!.scope;
  }

  refetch(): void {
    this.#known = null;
    this.#after = 0n;
    this.#anew = true;
    this.upToDate = false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.left();
  }

  /** There is no answer worth having: nothing is known to be up to date. */
  cut(): void {
    this.upToDate = false;
    this.followed.progressed();
  }

  /** What to ask for. */
  async asked(): Promise<{ table: string; workspaceId: string; after: string }> {
    const { table, workspaceId } = this.followed;
    if (this.#after === null && !this.#closed) {
      const { rows } = await this.host.pg.query<{ after: string; empty: boolean }>(
        `select coalesce(max(version), 0) as after, count(*) = 0 as empty from sync.${table} where ${this.#scope} = $1`,
        [workspaceId],
      );
      this.#after = BigInt(rows[0]!.after);
      if (rows[0]!.empty) this.loadingRows = 0;
      this.followed.progressed();
    }
    return { table, workspaceId, after: String(this.#after ?? 0n) };
  }

  /**
   * Stores an answer.
   * @param answer null: the person may not read the workspace
   * @returns false when rows were missed, and are asked for by the next poll
   */
  async take(answer: Polled | null): Promise<boolean> {
    if (this.#closed) return true;
    if (answer === null) {
      this.#closed = true;
      this.upToDate = false;
      this.followed.denied();
      return true;
    }
    try {
      if (answer.there !== this.#known) {
        const missed = await this.#put(answer);
        if (missed !== null) {
          this.#after = missed - 1n;
          return false;
        }
      }
      await this.#confirm(answer.position);
      this.upToDate = true;
      this.followed.problem(null);
    } catch (error) {
      if (this.#closed) return true;
      console.warn(`Outpost: what was polled of ${this.table} was not stored:`, error);
      this.upToDate = false;
      this.#known = null;
      this.followed.problem(syncProblem('not-stored'));
    }
    this.followed.progressed();
    return true;
  }

  /**
   * Stores what changed, in one transaction.
   * @returns the lowest version that is neither in the answer nor here, and nothing was stored; else null
   */
  async #put({ there, rows }: Polled): Promise<bigint | null> {
    const { table, workspaceId } = this.followed;
    const columns = this.host.schema.tables[table]!.columns.map((column) => `"${column}"`).join(', ');
    const isAnew = this.#anew;
    let changes = 0;
    const found = await this.host.pg.transaction(async (tx) => {
      const gone = await tx.query(
        `delete from sync.${table} where ${this.#scope} = $1 and not ($2::jsonb ? id::text)`,
        [workspaceId, there],
      );
      const changed = await tx.query(
        `insert into sync.${table} (${columns})
         select ${columns} from jsonb_populate_recordset(null::sync.${table}, $1::jsonb) r
         where $2::boolean or not exists (select from sync.${table} h where h.id = r.id and h.version = r.version)`,
        [rows, isAnew],
      );
      const { rows: sums } = await tx.query<{ missed: string | null; highest: string; count: number }>(
        `select min(t.version) filter (where h.id is null) as missed, coalesce(max(t.version), 0) as highest,
           count(*)::int as count
         from (select key::uuid as id, value::bigint as version from jsonb_each_text($1::jsonb)) t
         left join sync.${table} h using (id, version)`,
        [there],
      );
      changes = (gone.affectedRows ?? 0) + (changed.affectedRows ?? 0);
      if (sums[0]!.missed !== null) await tx.rollback();
      // true: this is what the server has now, whatever versions it had before.
      else if (changes > 0) await tx.query(`select sync.apply_${table}(true)`);
      return sums[0]!;
    });
    if (found.missed !== null) return BigInt(found.missed);
    this.#known = there;
    this.#after = BigInt(found.highest);
    this.#anew = false;
    if (this.loadingRows !== null) this.loadedRows = found.count;
    this.loadingRows = null;
    if (changes === 0) return null;
    await this.host.flush();
    this.batches++;
    this.followed.changed();
    return null;
  }

  /** Changes of one's own that were answered no later than this position are in what is stored. */
  async #confirm(position: string): Promise<void> {
    const { pg } = this.host;
    const { table, workspaceId } = this.followed;
    const { rows } = await pg.query<{ waits: boolean }>(
      `select exists (select from sync.outbox where "table" = $1 and workspace_id = $2 and lsn <= $3) as waits`,
      [table, workspaceId, position],
    );
    if (!rows[0]!.waits) return;
    await pg.query('select sync.confirm($1, $2, $3)', [table, workspaceId, position]);
    await this.host.flush();
    this.followed.changed();
  }
}
