// Stands between pglite-sync and PGlite for one subscription. The plugin does not await its commits, and reads its
// resume offset from the stream while it commits: a failed commit would be skipped, and an offset of rows that are
// not stored yet could be. So each of its transactions is watched here, and the next answer of the server is held
// back until the one before is stored (docs/decisions/0002-guarding-pglite-sync.md).
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import { type SyncedTable, type TableName, tables } from '../../db/tables';

/**
 * bulk: a first load, straight into the table. merge: rows go through the view of server truth and are merged.
 * replace: the same, but the first batch is the whole shape, and rows not in it leave.
 */
export type ApplyMode = 'bulk' | 'merge' | 'replace';

export interface GuardOptions {
  readonly table: TableName;
  readonly workspaceId: string;
  readonly shapeKey: string;
  readonly mode: ApplyMode;
  /** A batch is committed and flushed. */
  applied(): void;
  /** A batch failed: nothing of it is stored, and nothing more will be taken. */
  broke(error: unknown): void;
  flush(): Promise<void>;
}

export class Guard {
  #running: Promise<void> = Promise.resolve();
  #broken = false;
  #replacing: boolean;
  readonly #table: SyncedTable;

  constructor(
    private readonly pg: PGliteInterface,
    private readonly options: GuardOptions,
  ) {
    this.#replacing = options.mode === 'replace';
    this.#table = tables[options.table];
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
        const value = Reflect.get(pg, name) as unknown;
        return typeof value === 'function' ? value.bind(pg) : value;
      },
    });
  }

  /** For the plugin's onMustRefetch: nothing is deleted now; what the refetch does not bring leaves at its end (R3). */
  async mustRefetch(tx: Transaction): Promise<void> {
    this.#replacing = true;
    await tx.query(`delete from sync.incoming where "table" = $1 and "row" ->> $2 = $3`, [
      this.options.table,
      this.#table.scope,
      this.options.workspaceId,
    ]);
  }

  async #apply(run: (tx: Transaction) => Promise<unknown>): Promise<void> {
    if (this.#broken) return;
    try {
      await this.pg.transaction(async (tx) => {
        // The server has checked these rows, and their parents may still be on the way.
        if (this.options.mode === 'bulk') await tx.exec('set local session_replication_role = replica');
        await run(tx);
        await this.#finish(tx);
      });
      this.#replacing = false;
      await this.options.flush();
      this.options.applied();
    } catch (error) {
      this.#broken = true;
      this.options.broke(error);
    }
  }

  async #finish(tx: Transaction): Promise<void> {
    const { table, workspaceId, shapeKey } = this.options;
    if (this.options.mode === 'bulk') {
      await tx.query(
        `update sync.client set clock_ms = seen + 1, clock_counter = 0 from (
           select ceil(extract(epoch from max(updated_at)) * 1000)::bigint as seen from ${table} where ${this.#table.scope} = $1
         ) x where clock_ms <= seen`,
        [workspaceId],
      );
      return;
    }
    if (this.#replacing)
      await tx.query('select sync.sweep($1, $2, $3)', [table, this.#table.scope, workspaceId]);
    await tx.query(`select sync.apply_${table}($1)`, [this.#replacing]);
    await tx.query(
      `select sync.confirm($1, $2, m.last_lsn::numeric) from electric.subscriptions_metadata m
       where m.key = $3 and exists (select from sync.outbox where lsn is not null)`,
      [table, workspaceId, shapeKey],
    );
  }
}
