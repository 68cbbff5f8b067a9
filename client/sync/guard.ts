// Stands between pglite-sync and PGlite for one subscription. The plugin does not await its commits: a failed one would
// be skipped. So each of its transactions is watched here, and the next answer of the server is held back until the
// one before is stored (answers.ts; docs/decisions/0002-guarding-pglite-sync.md).
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type { SyncedTable } from '../../db/sync/schema';

/**
 * merge: rows go through the view of server truth and are merged. replace: the same, but the first batch is the whole
 * shape, and rows not in it leave.
 */
export type ApplyMode = 'merge' | 'replace';

export interface GuardOptions {
  readonly table: string;
  readonly scope: SyncedTable['scope'];
  readonly workspaceId: string;
  readonly mode: ApplyMode;
  /** A batch is committed and flushed. */
  applied(): void;
  /** A batch failed: nothing of it is stored, and nothing more will be taken. */
  broke(error: unknown): void;
  flush(): Promise<void>;
}

/** The plugin makes its own table, once for each shape: migration 9 has made it for all of them. */
const makesTable = /create table if not exists\s+"electric"\."subscriptions_metadata"/i;

export class Guard {
  /** Transactions of the plugin that are stored. */
  commits = 0;
  #running: Promise<void> = Promise.resolve();
  #broken = false;
  #replacing: boolean;

  constructor(
    private readonly pg: PGliteInterface,
    private readonly options: GuardOptions,
  ) {
    this.#replacing = options.mode === 'replace';
  }

  /** Resolves when everything given so far is stored. @throws when it was not */
  async idle(): Promise<void> {
    await this.#running;
    if (this.#broken) throw new Error('the subscription has ended');
  }

  /** The plugin's database: PGlite with watched transactions. */
  asDatabase(): PGliteInterface {
    const transaction = (run: (tx: Transaction) => Promise<unknown>) => {
      const done = this.#running.then(() => this.#apply(run));
      this.#running = done;
      return done;
    };
    return new Proxy(this.pg, {
      get: (pg, name) => {
        if (name === 'transaction') return transaction;
        if (name === 'exec') return (sql: string) => (makesTable.test(sql) ? [] : pg.exec(sql));
        const value = Reflect.get(pg, name) as unknown;
        return typeof value === 'function' ? value.bind(pg) : value;
      },
    });
  }

  /** The server has seen everything up to this position, and what it had for this shape is stored. */
  async reached(position: bigint): Promise<void> {
    await this.idle();
    const { table, workspaceId } = this.options;
    const { rows } = await this.pg.query<{ waits: boolean }>(
      `select exists (select from sync.outbox where "table" = $1 and workspace_id = $2 and lsn <= $3) as waits`,
      [table, workspaceId, String(position)],
    );
    if (!rows[0]!.waits) return;
    await this.pg.query('select sync.confirm($1, $2, $3)', [table, workspaceId, String(position)]);
    await this.options.flush();
    this.options.applied();
  }

  async #apply(run: (tx: Transaction) => Promise<unknown>): Promise<void> {
    if (this.#broken) return;
    try {
      await this.pg.transaction(async (tx) => {
        await run(tx);
        await this.#finish(tx);
      });
      this.#replacing = false;
      await this.options.flush();
      this.commits++;
      this.options.applied();
    } catch (error) {
      this.#broken = true;
      this.options.broke(error);
    }
  }

  async #finish(tx: Transaction): Promise<void> {
    const { table, scope, workspaceId } = this.options;
    if (this.#replacing) {
      await tx.query('select sync.sweep($1, $2, $3)', [table, scope, workspaceId]);
    }
    await tx.query(`select sync.apply_${table}($1)`, [this.#replacing]);
  }
}
