// One shape of one workspace, carried into the device's database by pglite-sync: first load in bulk, then merged
// row by row through the view of server truth. Starts itself again from what is stored when anything fails.
import type { PGliteInterface } from '@electric-sql/pglite';
import { electricSync } from '@electric-sql/pglite-sync';
import { type TableName, tables } from '../../db/tables';
import { type ApplyMode, Guard } from './guard';
import type { Link } from './link';
import type { LivePolls } from './live-polls';

export interface SubscriptionOptions {
  readonly pg: PGliteInterface;
  readonly link: Link;
  readonly polls: LivePolls;
  readonly baseUrl: string;
  readonly serverId: string;
  readonly workspaceId: string;
  readonly table: TableName;
  flush(): Promise<void>;
  /** Rows of the table changed. */
  changed(): void;
  /** Loading, or whether it is up to date, changed. */
  progressed(): void;
  /** The server does not let this person read the workspace (any more). */
  denied(): void;
  problem(sentence: string | null): void;
}

/** Values travel as Postgres text and are stored as such: JSON that is a string must not lose its quotes. */
const parser = { json: (text: string) => text, jsonb: (text: string) => text, int8: (text: string) => text };

export class Subscription {
  /** Rows received in the first load that is under way; null when there is none. */
  loadingRows: number | null = null;
  /** Rows of the first load, once it is stored. */
  loadedRows = 0;
  upToDate = false;
  #stop: (() => void) | null = null;
  #closed = new AbortController();
  readonly #key: string;
  #loop: Promise<void>;

  constructor(private readonly options: SubscriptionOptions) {
    const { serverId, workspaceId, table } = options;
    // A reset database has lower positions, with which pglite-sync would stand still for ever: its identity is in the key.
    this.#key = `${serverId}/${workspaceId}/${table}`;
    this.#loop = this.#run();
  }

  get table(): TableName {
    return this.options.table;
  }

  /** Stops, and waits until nothing of it touches the database any more. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#stop?.();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      try {
        const mode = await this.#mode();
        if (mode === 'bulk') this.loadingRows = 0;
        this.options.progressed();
        await this.#follow(mode);
      } catch (error) {
        if (this.#closed.signal.aborted) return;
        if ((error as { status?: unknown }).status === 403) return this.options.denied();
        const what = error instanceof Error ? error.message : String(error);
        this.options.problem(`Reading ${this.options.table} failed and is tried again: ${what}`);
        await this.options.link.pause(this.#closed.signal).catch(() => {});
      } finally {
        this.upToDate = false;
        this.loadingRows = null;
        this.options.progressed();
      }
    }
  }

  /** How the next batch is to be taken: nothing is known of the shape, or its rows are there without its offset. */
  async #mode(): Promise<ApplyMode> {
    const { pg, table, workspaceId } = this.options;
    await pg.exec(`create schema if not exists electric;
      create table if not exists electric.subscriptions_metadata (
        key text primary key, shape_metadata jsonb not null, last_lsn text not null)`);
    const known = await pg.query('select from electric.subscriptions_metadata where key = $1', [this.#key]);
    if (known.rows.length > 0) return 'merge';
    const rows = await pg.query(`select from ${table} where ${tables[table].scope} = $1 limit 1`, [
      workspaceId,
    ]);
    return rows.rows.length > 0 ? 'replace' : 'bulk';
  }

  /** Follows the shape until it fails or the mode changes. */
  async #follow(mode: ApplyMode): Promise<void> {
    const { pg, table, workspaceId, baseUrl, polls } = this.options;
    let end: (error?: unknown) => void = () => {};
    const ended = new Promise<void>((resolve, reject) => {
      end = (error) => (error === undefined ? resolve() : reject(error));
    });
    const guard = new Guard(pg, {
      table,
      workspaceId,
      shapeKey: this.#key,
      mode,
      flush: this.options.flush,
      applied: () => {
        this.options.problem(null);
        this.options.changed();
        // The first load is stored, with its offset: from here on rows are merged.
        if (mode === 'bulk') {
          this.loadedRows = this.loadingRows ?? 0;
          end();
        }
      },
      broke: (error) => end(error),
    });
    const aborter = new AbortController();
    const fetchClient: typeof fetch = async (input, init) => {
      const live = new URL(String(input)).searchParams.has('live');
      // Reaching the live phase is to be up to date, once what came before is stored.
      await guard.idle();
      if (live) this.#reached();
      const response = await polls.fetch(input, init);
      await guard.idle();
      return response;
    };
    const plugin = await electricSync().setup(guard.asDatabase());
    const shape = await plugin.namespaceObj.syncShapeToTable({
      shape: {
        url: `${baseUrl}/api/shapes/${table}`,
        params: { workspace: workspaceId },
        fetchClient,
        signal: aborter.signal,
        parser,
        // Waiting and trying again is the link's business.
        backoffOptions: { initialDelay: 200, maxDelay: 2_000, multiplier: 2, maxRetries: 3 },
        onError: (error) => end(error),
      },
      table,
      schema: mode === 'bulk' ? 'public' : 'sync',
      primaryKey: ['id'],
      shapeKey: this.#key,
      initialInsertMethod: 'insert',
      onMustRefetch: (tx) => guard.mustRefetch(tx),
      onError: (error) => end(error),
    });
    if (mode === 'bulk') {
      shape.stream.subscribe((messages) => {
        if (this.loadingRows === null) return;
        this.loadingRows += messages.filter((m) => 'value' in m).length;
        this.options.progressed();
      });
    }
    this.#stop = () => end();
    try {
      if (!this.#closed.signal.aborted) await ended;
    } finally {
      this.#stop = null;
      shape.unsubscribe();
      aborter.abort();
      await guard.idle().catch(() => {});
    }
  }

  #reached(): void {
    if (this.upToDate) return;
    this.upToDate = true;
    this.options.progressed();
  }
}
