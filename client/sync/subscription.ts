// One shape of one workspace, carried into the device's database by pglite-sync: first load in bulk, then merged
// row by row through the view of server truth. Starts itself again from what is stored when anything fails.
import { electricSync } from '@electric-sql/pglite-sync';
import { Answers } from './answers';
import { type ApplyMode, Guard } from './guard';
import type { LivePolls } from './live-polls';
import type { Followed, Following, SourceHost } from './row-source';
import { isCut, isFirstLoad, type LoadingEvent, type LoadingState, loadingTable } from './states';
import { type SyncProblem, syncProblem } from './sync-problem';

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

export class Subscription implements Following {
  loadedRows = 0;
  batches = 0;
  #end: ((why: unknown) => void) | null = null;
  #closed = new AbortController();
  #state: LoadingState = 'starting';
  /** Rows received in the first load, or in the last one that began. */
  #received = 0;
  /** Attempts in a row that stored nothing. */
  #failures = 0;
  readonly #key: string;
  #loop: Promise<void>;

  constructor(
    private readonly host: SourceHost,
    private readonly polls: LivePolls,
    private readonly followed: Followed,
  ) {
    const { serverId, workspaceId, table } = followed;
    // A reset database has lower positions, with which pglite-sync would stand still for ever: its identity is in the key.
    this.#key = `${serverId}/${workspaceId}/${table}`;
    this.#loop = this.#run();
  }

  get loadingRows(): number | null {
    return isFirstLoad(this.#state) ? this.#received : null;
  }

  get upToDate(): boolean {
    return this.#state === 'live';
  }

  get table(): string {
    return this.followed.table;
  }

  async close(): Promise<void> {
    this.#take('close');
    this.#closed.abort();
    this.#end?.(new Ended('closed'));
    await this.#loop;
  }

  refetch(): void {
    this.#end?.(new Ended('refetch'));
  }

  async #run(): Promise<void> {
    const closed = this.#closed.signal;
    while (!closed.aborted) {
      try {
        const start = await this.#start();
        this.#received = 0;
        this.#take(start.mode === 'bulk' ? 'first' : 'more');
        await this.#follow(start);
      } catch (error) {
        if (closed.aborted) return;
        if ((error as { status?: unknown }).status === 403) return this.followed.denied();
        await this.#failed(error).catch((cause: unknown) => {
          if (!closed.aborted) console.warn('sync:', cause);
        });
      } finally {
        this.#take('ended');
      }
    }
  }

  async #failed(error: unknown): Promise<void> {
    const { link } = this.host;
    const { table, problem } = this.followed;
    if (error instanceof Ended && error.why === 'loaded') return;
    // Also while the pause below is being made (R6).
    this.#take('cut');
    this.#failures++;
    const isGone = error instanceof Ended && error.why === 'refetch';
    // What is lost twice from where it was resumed is fetched anew.
    if (isGone || (error instanceof Ended && this.#failures > 1)) await this.#forget();
    // Once is an ordinary part of a shape server's life.
    if (this.#failures > 1 || !isGone) {
      const { status } = error as { status?: unknown };
      if (!isGone) console.warn(`sync: reading ${table} starts again: ${(error as Error).message}`);
      if (!isGone) problem(syncProblem(typeof status === 'number' ? 'refused' : 'not-stored'));
      await link.pause(this.#closed.signal, this.#failures);
    }
  }

  /** The next start fetches the whole shape. */
  async #forget(): Promise<void> {
    await this.host.pg.query('delete from electric.subscriptions_metadata where key = $1', [this.#key]);
  }

  /** How the next batch is to be taken: nothing is known of the shape, or its rows are there without its offset. */
  async #start(): Promise<Start> {
    const { pg, schema } = this.host;
    const { table, workspaceId } = this.followed;
    await pg.exec(`create schema if not exists electric;
      create table if not exists electric.subscriptions_metadata (
        key text primary key, shape_metadata jsonb not null, last_lsn text not null)`);
    const known = await pg.query<{ last_lsn: string }>(
      'select last_lsn from electric.subscriptions_metadata where key = $1',
      [this.#key],
    );
    if (known.rows[0]) return { mode: 'merge', position: BigInt(known.rows[0].last_lsn) };
    const rows = await pg.query(`select from ${table} where ${schema.tables[table]!.scope} = $1 limit 1`, [
      workspaceId,
    ]);
    return { mode: rows.rows.length > 0 ? 'replace' : 'bulk', position: 0n };
  }

  /** Follows the shape until it ends. @throws Ended, or what failed */
  async #follow({ mode, position }: Start): Promise<void> {
    const { pg, schema, baseUrl, link } = this.host;
    const { table, workspaceId } = this.followed;
    let end: (why: unknown) => void = () => {};
    const ended = new Promise<never>((_, reject) => {
      end = reject;
    });
    ended.catch(() => {});
    const guard = new Guard(pg, {
      table,
      scope: schema.tables[table]!.scope,
      workspaceId,
      mode,
      flush: () => this.host.flush(),
      applied: () => {
        this.#failures = 0;
        this.batches++;
        this.followed.problem(null);
        this.followed.changed();
        if (mode !== 'bulk') return;
        this.loadedRows = this.#received;
        end(new Ended('loaded'));
      },
      broke: (error) => end(error),
    });
    const aborter = new AbortController();
    const answers = new Answers({
      position,
      ask: (url, init) => this.polls.fetch(url, init),
      stored: () => guard.idle(),
      commits: () => guard.commits,
      pause: (signal, failures) => link.pause(signal, failures),
      rows: (count) => {
        if (!isFirstLoad(this.#state)) return;
        this.#received += count;
        this.followed.progressed();
      },
      current: async () => this.#current(),
      reached: (claimed) => guard.reached(claimed),
      refetch: () => end(new Ended('refetch')),
      dropped: () => end(new Ended('dropped')),
      interrupted: (by) => {
        if (by) this.#cut(syncProblem(by));
        else this.#answered();
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

  #take(event: LoadingEvent): void {
    this.#state = loadingTable[this.#state][event];
    this.followed.progressed();
  }

  #current(): void {
    if (this.upToDate) return;
    this.#failures = 0;
    this.followed.problem(null);
    this.#take('current');
  }

  #cut(problem: SyncProblem): void {
    this.followed.problem(problem);
    this.#take('cut');
  }

  #answered(): void {
    if (!isCut(this.#state)) return;
    this.followed.problem(null);
    this.#take('answered');
  }
}
