// One shape of one workspace, carried into the device's database: the first load in bulk (first-load.ts), then by pglite-sync,
// merged row by row through the view of server truth. Starts itself again from what is stored when anything fails.
import { electricSync } from '@electric-sql/pglite-sync';
import { Answers } from './answers';
import { type FirstLoadOptions, firstLoad, type LoadPosition, LoadRefused } from './first-load';
import { Guard } from './guard';
import type { LivePolls } from './live-polls';
import type { Part } from './parts';
import type { Followed, Following, SourceHost } from './row-source';
import type { Start, Starts } from './starts';
import { isCut, isFirstLoad, type LoadingEvent, type LoadingState, loadingTable } from './states';
import { type SyncProblem, syncProblem } from './sync-problem';

/** Values travel as Postgres text and are stored as such: JSON that is a string must not lose its quotes. */
const parser = { json: (text: string) => text, jsonb: (text: string) => text, int8: (text: string) => text };

/** During a first load the interface hears of new rows this often, ms. */
const SHOWN_EVERY = 500;

/** Why following a shape ended. */
class Ended extends Error {
  override readonly name = 'Ended';
  constructor(
    readonly why:
      | 'refetch' // the shape's log is gone
      | 'dropped' // rows were handed over and not stored
      | 'closed',
  ) {
    super(why);
  }
}

export class Subscription implements Following {
  loadedRows = 0;
  batches = 0;
  #end: ((why: unknown) => void) | null = null;
  #closed = new AbortController();
  #state: LoadingState = 'starting';
  /** Rows received in the first load, or in the last one that began. */
  #received = 0;
  /** The last part of a first load, from where the plugin goes on. */
  #ahead: Part | null = null;
  /** Attempts in a row that stored nothing. */
  #failures = 0;
  readonly #key: string;
  readonly #asked: () => void;
  #loop: Promise<void>;

  constructor(
    private readonly host: SourceHost,
    private readonly polls: LivePolls,
    private readonly followed: Followed,
    private readonly starts: Starts,
    private readonly store: FirstLoadOptions['inTurn'],
  ) {
    const { serverId, workspaceId, table } = followed;
    // A reset database has lower positions, with which pglite-sync would stand still for ever: its identity is in the key.
    this.#key = `${serverId}/${workspaceId}/${table}`;
    this.#asked = polls.announce();
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
        const { table, workspaceId } = this.followed;
        let start = await this.starts.of({ key: this.#key, table, workspaceId });
        this.#take(start.mode === 'load' ? 'first' : 'more');
        if (start.mode === 'load') {
          start = await this.#load(start.from);
          this.#take('ended');
          this.#take('more');
        }
        await this.#follow(start);
      } catch (error) {
        if (closed.aborted) return;
        if ((error as { status?: unknown }).status === 403) return this.followed.denied();
        await this.#failed(error).catch((cause: unknown) => {
          if (!closed.aborted) console.warn('sync:', cause);
        });
      } finally {
        this.#asked();
        this.#take('ended');
      }
    }
  }

  async #failed(error: unknown): Promise<void> {
    const { link } = this.host;
    const { table, problem } = this.followed;
    // Also while the pause below is being made (R6).
    this.#take('cut');
    this.#failures++;
    const isGone =
      (error instanceof Ended && error.why === 'refetch') ||
      (error instanceof LoadRefused && [400, 409].includes(error.status));
    // What is lost twice from where it was resumed is fetched anew.
    if (error instanceof LoadRefused && isGone) await this.#clear();
    else if (isGone || (error instanceof Ended && this.#failures > 1)) await this.#forget();
    // Once is an ordinary part of a shape server's life.
    if (this.#failures > 1 || !isGone) {
      const { status } = error as { status?: unknown };
      if (!isGone) console.warn(`sync: reading ${table} starts again: ${(error as Error).message}`);
      if (!isGone) problem(syncProblem(typeof status === 'number' ? 'refused' : 'not-stored'));
      await link.pause(this.#closed.signal, this.#failures);
    }
  }

  /** The next start fetches the whole shape. What is here stays until that is stored (R3). */
  async #forget(): Promise<void> {
    const { pg } = this.host;
    await pg.query('delete from electric.subscriptions_metadata where key = $1', [this.#key]);
    await pg.query('delete from sync.loading where key = $1', [this.#key]);
  }

  /** The first load cannot go on from where it stands: what it has brought leaves, but for rows that were changed here. */
  async #clear(): Promise<void> {
    const { pg, schema } = this.host;
    const { table, workspaceId } = this.followed;
    await pg.transaction(async (tx) => {
      await tx.exec('set local session_replication_role = replica');
      await tx.query(
        `delete from public."${table}" t where t."${schema.tables[table]!.scope}" = $1
           and not exists (select from sync.base b where b."table" = $2 and b.row_id = t.id)`,
        [workspaceId, table],
      );
      await tx.query(`select sync.note($1, '{*}')`, [table]);
      await tx.query('delete from sync.loading where key = $1', [this.#key]);
    });
    this.followed.changed();
  }

  /** The plugin's first question after it is answered with `#ahead`. @throws what firstLoad() throws */
  async #load(from: LoadPosition | null): Promise<Exclude<Start, { mode: 'load' }>> {
    const { pg, link } = this.host;
    this.#received = from ? await this.#rowsHere() : 0;
    let shown = 0;
    let isShown = true;
    const { last, position } = await firstLoad(
      {
        pg,
        table: this.followed.table,
        workspaceId: this.followed.workspaceId,
        key: this.#key,
        url: this.#url(),
        signal: this.#closed.signal,
        inTurn: this.store,
        flush: () => this.host.flush(),
        ask: (url, init) => this.#ask(url, init),
        pause: (signal, failures) => link.pause(signal, failures),
        interrupted: (by) => {
          if (by) this.#cut(syncProblem(by));
          else this.#answered();
        },
        stored: (rows) => {
          this.#failures = 0;
          this.batches++;
          this.#received += rows;
          this.followed.problem(null);
          this.followed.progressed();
          // The interface reads them again not more often than somebody can follow.
          isShown = Date.now() - shown >= SHOWN_EVERY;
          if (!isShown) return;
          shown = Date.now();
          this.followed.changed();
        },
      },
      from,
    );
    this.#ahead = last;
    this.loadedRows = this.#received;
    if (!isShown) this.followed.changed();
    return { mode: 'merge', position };
  }

  async #rowsHere(): Promise<number> {
    const { table, workspaceId } = this.followed;
    const { scope } = this.host.schema.tables[table]!;
    const { rows } = await this.host.pg.query<{ here: number }>(
      `select count(*)::int as here from ${table} where ${scope} = $1`,
      [workspaceId],
    );
    return rows[0]!.here;
  }

  #ask(url: URL, init: RequestInit): Promise<Response> {
    const answer = this.polls.fetch(url, init);
    this.#asked();
    return answer;
  }

  #url(): URL {
    const { baseUrl, schema } = this.host;
    const { table, workspaceId } = this.followed;
    const url = new URL(`${baseUrl}/api/shapes/${table}`);
    url.searchParams.set('workspace', workspaceId);
    url.searchParams.set('schema', String(schema.version));
    return url;
  }

  /** Follows the shape until it ends. @throws Ended, or what failed */
  async #follow({ mode, position }: Exclude<Start, { mode: 'load' }>): Promise<void> {
    const { pg, schema, link } = this.host;
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
      },
      broke: (error) => end(error),
    });
    const aborter = new AbortController();
    const answers = new Answers({
      position,
      ahead: this.#ahead,
      ask: (url, init) => this.#ask(url, init),
      stored: () => guard.idle(),
      commits: () => guard.commits,
      pause: (signal, failures) => link.pause(signal, failures),
      current: async () => this.#current(),
      reached: (claimed) => guard.reached(claimed),
      refetch: () => end(new Ended('refetch')),
      dropped: () => end(new Ended('dropped')),
      interrupted: (by) => {
        if (by) this.#cut(syncProblem(by));
        else this.#answered();
      },
    });
    this.#ahead = null;
    const plugin = await electricSync().setup(guard.asDatabase());
    const shape = await plugin.namespaceObj.syncShapeToTable({
      shape: {
        url: this.#url().href,
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
      schema: 'sync',
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
