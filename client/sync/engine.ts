// The store itself: one database, its outbox, its read path and its live queries. Runs in the elected worker of a
// browser, or in Node for imports and tests; whoever talks to it does so through Backend.
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type { SessionAnswer } from '../../db/sync/wire';
import type { Backend } from './backend';
import { begin, newestMark } from './client-row';
import type { EngineOptions } from './engine-options';
import type { DiscardedOperation } from './feature';
import { Features } from './features';
import { FirstRows } from './first-rows';
import { flushPatiently } from './flushing';
import { Link } from './link';
import { type Changes, LiveQueries, type Query, tablesIn, type Watcher, wholly } from './live-queries';
import { statementsRunner, storeError, undoRunner } from './local-writes';
import { arrived } from './notes';
import { Outbox, type OutboxEvents } from './outbox';
import { PastProblems } from './past-problems';
import { PreparedQueries } from './prepared';
import { ReadPath } from './read-path';
import { Replacing } from './replacing';
import { resendRunner } from './resend';
import { serialized } from './serialized';
import { shapeSource } from './shape-source';
import { markStart } from './start-marks';
import { StatusBoard } from './status-board';
import { whenStopped } from './stopped';
import { type Change, type Status, StoreError, type Written } from './store';
import { type SyncProblem, syncProblem } from './sync-problem';
import { Tending } from './tending';
import { Turns } from './turns';
import { Writer } from './writer';

/** How often the memberships are asked for again, ms: a change of them that no shape tells. */
const MEMBERSHIPS_EVERY = 5 * 60_000;

export class Engine implements Backend {
  readonly #pg: PGliteInterface;
  readonly #link: Link;
  readonly #live: LiveQueries;
  readonly #turns = new Turns();
  readonly #writer: Writer;
  readonly #prepared: PreparedQueries;
  readonly #tending: Tending;
  readonly #outbox: Outbox;
  readonly #readPath: ReadPath;
  readonly #features: Features;
  readonly #replacing: Replacing;
  readonly #board: StatusBoard;
  readonly #first = new FirstRows();
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;
  #wasOnline = false;
  #tellEnd = () => {};
  /** Resolves when the database was removed: this engine is of no use any more. */
  readonly removed = new Promise<void>((resolve) => {
    this.#tellEnd = resolve;
  });
  /** Resolves with the error by which Postgres stopped: it must be abandoned, and the database opened anew. */
  readonly stopped: Promise<unknown>;

  private constructor(private readonly options: EngineOptions) {
    const { database, schema, userId, baseUrl } = options;
    this.#pg = database.pg;
    this.#link = new Link(options);
    this.#board = new StatusBoard(
      { database: 'ready', storage: database.storage },
      () => this.#link.state.heardAt,
      options.past ?? new PastProblems(),
    );
    this.#features = new Features(options.features);
    const { deviceOnly, derived } = this.#features;
    const watchable = [...schema.names, 'outbox', 'refused', 'incoming', ...deviceOnly, ...derived];
    this.#live = new LiveQueries(
      (query) => this.#first.come.then(() => this.#turns.read(() => this.#query(query))),
      this.#turns.holding,
      watchable,
    );
    const flush = () => this.#flush();
    this.#prepared = new PreparedQueries(this.#pg);
    this.#tending = new Tending({ pg: this.#pg });
    this.#writer = new Writer({
      pg: this.#pg,
      schema,
      features: this.#features,
      turns: this.#turns,
      flush,
      committed: (changes, unsent) => {
        this.#tending.used();
        // By the time the writer hears of it, the status counts it.
        const status = this.#board.status();
        this.#board.set({ unsent: status.unsent + unsent, onlyHere: status.onlyHere + unsent });
        this.#changed(changes, 'done');
      },
      saved: () => this.#saved(),
      full: () => this.#full(),
    });
    this.stopped = whenStopped(database.pg);
    const problem = (source: string, found: SyncProblem | null) => this.#board.problem(source, found);
    const outboxEvents: OutboxEvents = {
      changed: (changes) => this.#changed(changes),
      stranger: () => void this.#readPath.refresh(),
      sending: (sending) => this.#board.set({ sending }),
      problem: (found) => problem('outbox', found),
    };
    this.#outbox = new Outbox(this.#pg, this.#link, flush, outboxEvents, schema.sentences);
    this.#readPath = new ReadPath({
      pg: this.#pg,
      link: this.#link,
      schema,
      baseUrl,
      userId,
      source: options.source ?? shapeSource,
      flush,
      settled: () => (this.#first.haveCome ? this.#live.settled() : Promise.resolve()),
      changed: (tables) => {
        markStart('rows');
        this.#first.arrived();
        void arrived(this.#pg, tables).then((changes) =>
          this.#changed(changes, this.#board.status().loading ? 'later' : 'now'),
        );
      },
      progressed: () => this.#progressed(),
      mark: () => newestMark(this.#pg),
      identified: (answer, sentAt) => this.#identified(answer, sentAt),
      problem,
    });
    this.#replacing = new Replacing({
      database,
      deviceOnly,
      forget: (tx) => this.#readPath.forget(tx),
      standStill: () => this.#standStill(),
      close: () => this.#pg.close(),
    });
    const { status, fault } = this.#board;
    this.#features.open(fault, {
      ...{ pg: this.#pg, link: this.#link, userId, flush, syncs: options.sync !== false },
      changed: (tables) => {
        this.#changed(wholly(tables));
        if (this.#board.status().upToDate) void this.#tending.tend();
      },
      idle: () => status().upToDate && status().network === 'online',
      loading: () => status().loading !== null,
      counted: () => void this.#count(),
      rewrite: (run) => this.#outbox.rewrite(run),
    });
    this.#link.onChange(() => this.#linkChanged());
  }

  /** Takes over a migrated database; afterwards it is the only one that may use it. */
  static async open(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    const pg = engine.#pg;
    const isNew = await begin(pg);
    await engine.#flush();
    await engine.#features.recount();
    // Of a new device there is nothing to count.
    if (!isNew) await engine.#count();
    await engine.#outbox.open();
    engine.#features.start();
    markStart('writable');
    engine.#first.begin(isNew && options.sync !== false);
    if (options.sync !== false) {
      engine.#features.wake();
      void engine.#readPath.refresh();
      engine.#timer = setInterval(() => void engine.#readPath.refresh(), MEMBERSHIPS_EVERY);
    }
    return engine;
  }

  async read(query: Query): Promise<unknown[]> {
    this.#tending.used();
    return await this.#query(query);
  }

  async write(requestId: string, statements: readonly Query[]): Promise<Written> {
    const touched = statements.flatMap(({ sql }) => [...tablesIn(sql, this.#features.deviceOnly)]);
    return await this.#writer.write(requestId, statementsRunner(statements), touched);
  }

  async undo(requestId: string, changes: readonly Change[]): Promise<Written> {
    return await this.#writer.write(requestId, undoRunner(this.options.schema, changes), []);
  }

  watch(query: Query, watcher: Watcher): () => void {
    return this.#live.watch(query, {
      onRows: (rows, holding) => watcher.onRows(rows, holding),
      onSame: (holding) => watcher.onSame?.(holding),
      isHidden: () => watcher.isHidden?.() ?? false,
      onError: (error) => watcher.onError(storeError(error, this.options.schema)),
    });
  }

  onStatus(listener: (status: Status) => void): () => void {
    return this.#board.listen(listener);
  }

  readonly settled = () => this.#live.settled();

  async wake(): Promise<void> {
    this.#link.wake();
    if (this.options.sync === false) return;
    this.#outbox.wake();
    this.#features.wake();
    void this.#readPath.refresh();
  }

  async expect(workspaceIds: readonly string[]): Promise<void> {
    if (this.options.sync !== false && !this.#closed) this.#readPath.expect(workspaceIds);
  }

  /** The device lost its network, or has it again. */
  async networkChanged(online: boolean): Promise<void> {
    if (online) await this.wake();
    else this.#link.lost();
  }

  /** Something failed that nobody waited for: read again from what is stored. */
  async recover(): Promise<void> {
    if (this.options.sync !== false && !this.#closed) await this.#readPath.restart();
  }

  async resend(
    requestId: string,
    refusedId: string,
    change: Readonly<Record<string, unknown>>,
  ): Promise<Written> {
    const { schema } = this.options;
    return await this.#writer.write(requestId, resendRunner(schema, refusedId, change), ['refused']);
  }

  async discardRefused(id: string): Promise<void> {
    const { rows } = await this.#pg.query<DiscardedOperation>(
      'delete from sync.refused where id = $1 returning "table", set',
      [id],
    );
    for (const refused of rows) await this.#features.discarded(refused);
    await this.#flush();
    this.#changed(wholly(['refused']));
  }

  async remove(options: { discardUnsent: boolean }): Promise<{ removed: boolean; unsent: number }> {
    // First no more writes, then the count: nothing is reported as saved and removed with the rest.
    const writeAgain = await this.#writer.stop(
      'You are being signed out and the data is being removed; this was not saved.',
    );
    try {
      await this.#features.recount();
      await this.#count();
      const unsent = this.#board.status().onlyHere;
      if (unsent > 0 && !options.discardUnsent) return { removed: false, unsent };
      await this.close();
      await this.#features.clear();
      await this.options.database.remove();
      this.#tellEnd();
      return { removed: true, unsent };
    } finally {
      writeAgain();
    }
  }

  /** Resolves when another database is about to take this one's place: nothing may be asked of this engine from then on. */
  get replacing(): Promise<{ readonly over: Promise<void> }> {
    return this.#replacing.begun;
  }

  /** How each table of each workspace stands that is followed. */
  get shapes() {
    return this.#readPath.shapes;
  }

  readonly diagnostics = async () => {
    // Not with what a start loads.
    const { diagnose } = await import('./diagnostics');
    return await diagnose(this.options, this.#board.status(), this.#readPath.shapes, this.#board.past.list);
  };
  readonly backUp = () => this.#replacing.backUp();
  readonly restore = (request: string, file: Blob) => this.#replacing.restore(request, file);
  readonly reset = (request: string) => this.#replacing.reset(request);

  async #standStill(): Promise<void> {
    // First, so that a write that waits for room does not wait any longer.
    this.#end();
    await this.#writer.stop(
      'The database is being replaced, and this was not saved. Try it again in a moment.',
    );
    await Promise.all(this.#closeParts());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#end();
    await Promise.all(this.#closeParts());
    await this.#pg.close();
  }

  #end(): void {
    this.#closed = true;
    this.#board.close();
    this.#writer.close();
    clearInterval(this.#timer);
    this.#link.close();
  }

  #closeParts(): Promise<void>[] {
    return [this.#outbox, this.#readPath, this.#features, this.#tending].map((part) => part.close());
  }

  async #query(query: Query): Promise<unknown[]> {
    if (this.#closed) throw new StoreError('closed', 'The store was closed.');
    try {
      return await this.#prepared.run(query);
    } catch (error) {
      throw storeError(error, this.options.schema);
    }
  }

  #saved(): void {
    this.#board.problem('device', null);
    if (this.options.sync !== false) this.#outbox.wake();
  }

  #full(): void {
    this.#board.problem('device', syncProblem('device-full'));
  }

  #flush(): Promise<void> {
    return flushPatiently({
      flush: () => this.options.database.flush(),
      full: () => this.#full(),
      hasRoom: () => this.#board.problem('device', null),
      isClosed: () => this.#closed,
      maxPause: this.options.maxPause ?? 15_000,
    });
  }

  /** Ends without the database, which has stopped; its files can be opened anew afterwards. */
  async abandon(): Promise<void> {
    if (this.#closed) return;
    this.#end();
    await Promise.allSettled(this.#closeParts());
    await this.options.database.abandon();
  }

  /** @param count done: the status has what changed of the outbox; later: all is counted when it is loaded */
  #changed(changes: Changes, count: 'now' | 'done' | 'later' = 'now'): void {
    if (this.#closed) return;
    const names = new Set(changes.keys());
    this.#live.invalidate(changes);
    const isCounted = (name: string) => count === 'later' || (count === 'done' && name === 'outbox');
    if (this.#features.counted.some((name) => names.has(name) && !isCounted(name))) void this.#count();
    this.#features.changed(names);
  }

  /** Counts what the chip shows. */
  readonly #count = serialized(async () => {
    try {
      const { unsent, ...counts } = await this.#features.count(this.#pg, this.options.userId);
      this.#board.set({ unsent, ...counts });
      // What a restored server lacked is there again.
      if (unsent === 0) this.#board.problem('restored', null);
    } catch (error) {
      if (!this.#closed) throw error;
    }
  });

  #progressed(): void {
    const was = this.#board.status();
    this.#board.set({ loading: this.#readPath.loading, upToDate: this.#readPath.upToDate });
    if (was.loading && !this.#board.status().loading) void this.#count();
    if (was.upToDate || !this.#board.status().upToDate) return;
    markStart('up-to-date');
    this.#features.wake();
    void this.#tending.tend();
  }

  #linkChanged(): void {
    const { network, session, heardAt, busy } = this.#link.state;
    this.#board.set({ network, session, heardAt });
    this.#board.problem('link', busy ? syncProblem('busy') : null);
    const isBack = network === 'online' && !this.#wasOnline;
    this.#wasOnline = network === 'online';
    if (isBack && session === 'signed-in') {
      this.#link.wake();
      this.#outbox.wake();
      this.#features.wake();
    }
  }

  async #identified(answer: SessionAnswer, sentAt: number): Promise<void> {
    markStart('session');
    const forget = (tx: Transaction) => this.#readPath.forget(tx);
    const restored = await this.#outbox.meet(answer, { sentAt, heardAt: Date.now() }, forget);
    if (restored) this.#board.problem('restored', syncProblem('restored'));
  }
}
