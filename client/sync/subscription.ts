// One shape of one workspace, carried into the device's database by pglite-sync: first load in bulk, then merged
// row by row through the view of server truth. Starts itself again from what is stored when anything fails.
import type { PGliteInterface } from '@electric-sql/pglite';
import { electricSync } from '@electric-sql/pglite-sync';
import { schema, type TableName, tables } from '../../db/tables';
import { Answers } from './answers';
import { type ApplyMode, Guard } from './guard';
import type { Link } from './link';
import type { LivePolls } from './live-polls';
import { type SyncProblem, syncProblem } from './sync-problem';

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
  problem(problem: SyncProblem | null): void;
}

/** Values travel as Postgres text and are stored as such: JSON that is a string must not lose its quotes. */
const parser = { json: (text: string) => text, jsonb: (text: string) => text, int8: (text: string) => text };

/** Why following a shape ended. */
class Ended extends Error {
  override readonly name = 'Ended';
  constructor(
    readonly why:
      | 'loaded' // the first load is stored: from here on rows are merged
      | 'refetch' // the shape's log is gone
      | 'dropped' // rows were handed over and not stored
      | 'closed',
  ) {
    super(why);
  }
}

interface Start {
  readonly mode: ApplyMode;
  /** The log position up to which rows are stored. */
  readonly position: bigint;
}

export class Subscription {
  /** Rows received in the first load that is under way; null when there is none. */
  loadingRows: number | null = null;
  /** Rows of the first load, once it is stored. */
  loadedRows = 0;
  /** Everything that the server had is stored, and the next request is a live one. */
  upToDate = false;
  /** Batches stored so far. */
  batches = 0;
  #end: ((why: unknown) => void) | null = null;
  #closed = new AbortController();
  #interrupted = false;
  /** Attempts in a row that stored nothing. */
  #failures = 0;
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
    this.#end?.(new Ended('closed'));
    await this.#loop;
  }

  /** Fetches the whole shape anew; what is here stays until that is stored. */
  refetch(): void {
    this.#end?.(new Ended('refetch'));
  }

  async #run(): Promise<void> {
    const closed = this.#closed.signal;
    while (!closed.aborted) {
      try {
        const start = await this.#start();
        if (start.mode === 'bulk') this.loadingRows = 0;
        this.options.progressed();
        await this.#follow(start);
      } catch (error) {
        if (closed.aborted) return;
        if ((error as { status?: unknown }).status === 403) return this.options.denied();
        await this.#failed(error).catch((cause: unknown) => {
          if (!closed.aborted) console.warn('Outpost:', cause);
        });
      } finally {
        this.upToDate = false;
        this.loadingRows = null;
        this.options.progressed();
      }
    }
  }

  async #failed(error: unknown): Promise<void> {
    const { link, table, problem } = this.options;
    if (error instanceof Ended && error.why === 'loaded') return;
    this.#failures++;
    const isGone = error instanceof Ended && error.why === 'refetch';
    // What is lost twice from where it was resumed is fetched anew.
    if (isGone || (error instanceof Ended && this.#failures > 1)) await this.#forget();
    // Once is an ordinary part of a shape server's life.
    if (this.#failures > 1 || !isGone) {
      const { status } = error as { status?: unknown };
      if (!isGone) console.warn(`Outpost: reading ${table} starts again: ${(error as Error).message}`);
      if (!isGone) problem(syncProblem(typeof status === 'number' ? 'refused' : 'not-stored'));
      await link.pause(this.#closed.signal, this.#failures);
    }
  }

  /** The next start fetches the whole shape. */
  async #forget(): Promise<void> {
    await this.options.pg.query('delete from electric.subscriptions_metadata where key = $1', [this.#key]);
  }

  /** How the next batch is to be taken: nothing is known of the shape, or its rows are there without its offset. */
  async #start(): Promise<Start> {
    const { pg, table, workspaceId } = this.options;
    await pg.exec(`create schema if not exists electric;
      create table if not exists electric.subscriptions_metadata (
        key text primary key, shape_metadata jsonb not null, last_lsn text not null)`);
    const known = await pg.query<{ last_lsn: string }>(
      'select last_lsn from electric.subscriptions_metadata where key = $1',
      [this.#key],
    );
    if (known.rows[0]) return { mode: 'merge', position: BigInt(known.rows[0].last_lsn) };
    const rows = await pg.query(`select from ${table} where ${tables[table].scope} = $1 limit 1`, [
      workspaceId,
    ]);
    return { mode: rows.rows.length > 0 ? 'replace' : 'bulk', position: 0n };
  }

  /** Follows the shape until it ends. @throws Ended, or what failed */
  async #follow({ mode, position }: Start): Promise<void> {
    const { pg, table, workspaceId, baseUrl, polls, link } = this.options;
    let end: (why: unknown) => void = () => {};
    const ended = new Promise<never>((_, reject) => {
      end = reject;
    });
    ended.catch(() => {});
    const guard = new Guard(pg, {
      table,
      workspaceId,
      mode,
      flush: this.options.flush,
      applied: () => {
        this.#failures = 0;
        this.batches++;
        this.options.problem(null);
        this.options.changed();
        if (mode !== 'bulk') return;
        this.loadedRows = this.loadingRows ?? 0;
        end(new Ended('loaded'));
      },
      broke: (error) => end(error),
    });
    const aborter = new AbortController();
    const answers = new Answers({
      position,
      ask: (url, init) => polls.fetch(url, init),
      stored: () => guard.idle(),
      commits: () => guard.commits,
      pause: (signal, failures) => link.pause(signal, failures),
      rows: (count) => {
        if (this.loadingRows === null) return;
        this.loadingRows += count;
        this.options.progressed();
      },
      current: async () => this.#reached(),
      reached: (claimed) => guard.reached(claimed),
      refetch: () => end(new Ended('refetch')),
      dropped: () => end(new Ended('dropped')),
      interrupted: (by) => {
        if (by) this.#lost(syncProblem(by));
        else if (this.#interrupted) this.#found();
      },
    });
    const plugin = await electricSync().setup(guard.asDatabase());
    const shape = await plugin.namespaceObj.syncShapeToTable({
      shape: {
        url: `${baseUrl}/api/shapes/${table}`,
        params: { workspace: workspaceId, schema: String(schema.version) },
        fetchClient: answers.fetch,
        signal: aborter.signal,
        parser,
        // Waiting and trying again is the link's business, and so is a line that is silent for too long: a large part
        // over one bar of signal takes its time.
        liveRequestTimeoutMs: false,
        backoffOptions: { initialDelay: 200, maxDelay: 2_000, multiplier: 2, maxRetries: 0 },
        onError: (error) => end(error),
      },
      table,
      schema: mode === 'bulk' ? 'public' : 'sync',
      primaryKey: ['id'],
      shapeKey: this.#key,
      initialInsertMethod: 'insert',
      // A log that is gone ends the subscription (answers.ts); the plugin never hears of it.
      onMustRefetch: async () => end(new Ended('refetch')),
      onError: (error) => end(error),
    });
    // With one shape there are no others to wait for: it would only start requests over, and fail unheard at the end.
    shape.stream.forceDisconnectAndRefresh = async () => {};
    this.#end = end;
    try {
      if (!this.#closed.signal.aborted) await ended;
    } finally {
      this.#end = null;
      shape.unsubscribe();
      aborter.abort();
      await guard.idle().catch(() => {});
    }
  }

  #reached(): void {
    if (this.upToDate) return;
    this.#failures = 0;
    this.upToDate = true;
    this.options.problem(null);
    this.options.progressed();
  }

  /** No answer worth having: until there is one, nothing is known to be up to date. */
  #lost(problem: SyncProblem): void {
    this.#interrupted = true;
    this.upToDate = false;
    this.options.problem(problem);
    this.options.progressed();
  }

  #found(): void {
    this.#interrupted = false;
    this.options.problem(null);
  }
}
