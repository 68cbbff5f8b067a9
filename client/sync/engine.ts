// The store itself: one database, its outbox, its read path and its live queries. Runs in the elected worker of a
// browser, or in Node for imports and tests; whoever talks to it does so through Backend.
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type { Schema } from '../../db/sync/schema';
import type { Mark, SessionAnswer } from '../../db/sync/wire';
import { type Backend, initialStatus } from './backend';
import type { Database } from './database';
import type { DiscardedOperation, EngineFeature, FeatureHost } from './feature';
import { Features } from './features';
import { flushPatiently } from './flushing';
import { Link, type LinkOptions } from './link';
import { type Changes, LiveQueries, type Query, tablesIn, type Watcher, wholly } from './live-queries';
import { statementsRunner, storeError, undoRunner } from './local-writes';
import { arrived } from './notes';
import { Outbox, type OutboxEvents } from './outbox';
import { PreparedQueries } from './prepared';
import { ReadPath } from './read-path';
import { resendRunner } from './resend';
import type { OpenSource } from './row-source';
import { serialized } from './serialized';
import { shapeSource } from './shape-source';
import { whenStopped } from './stopped';
import { type Change, type Status, StoreError, type Written } from './store';
import { type SyncProblem, syncProblem } from './sync-problem';
import { Tending } from './tending';
import { Turns } from './turns';
import { Writer } from './writer';

export interface EngineOptions extends LinkOptions {
  readonly database: Database;
  readonly schema: Schema;
  readonly userId: string;
  /** What the app adds; closed with the engine. */
  readonly features: readonly EngineFeature[];
  /** Where rows come from; absent: the shape stream. */
  readonly source?: OpenSource;
  /** Absent: it syncs. false: only local work (tests). */
  readonly sync?: boolean;
}

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
  #status: Status;
  #listeners = new Set<(status: Status) => void>();
  #problems = new Map<string, SyncProblem>();
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
    this.#status = { ...initialStatus, database: 'ready', storage: database.storage };
    this.#link = new Link(options);
    this.#features = new Features(options.features);
    const { deviceOnly, derived } = this.#features;
    this.#live = new LiveQueries((query) => this.#turns.read(() => this.#query(query)), this.#turns.holding, [
      ...schema.names,
      ...['outbox', 'refused', 'incoming'],
      ...deviceOnly,
      ...derived,
    ]);
    const flush = () => this.#flush();
    this.#prepared = new PreparedQueries(this.#pg);
    this.#tending = new Tending({ pg: this.#pg, tables: schema.names });
    this.#writer = new Writer({
      pg: this.#pg,
      schema,
      features: this.#features,
      turns: this.#turns,
      flush,
      committed: (changes, unsent) => {
        this.#tending.used();
        // By the time the writer hears of it, the status counts it.
        const status = this.#status;
        this.#set({ unsent: status.unsent + unsent, onlyHere: status.onlyHere + unsent });
        this.#changed(changes, 'done');
      },
      saved: () => this.#saved(),
      full: () => this.#full(),
    });
    this.stopped = whenStopped(database.pg);
    const problem = (source: string, found: SyncProblem | null) => this.#problem(source, found);
    const outboxEvents: OutboxEvents = {
      changed: (changes) => this.#changed(changes),
      stranger: () => void this.#readPath.refresh(),
      sending: (sending) => this.#set({ sending }),
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
      changed: (tables) =>
        void arrived(this.#pg, tables).then((changes) =>
          this.#changed(changes, this.#status.loading ? 'later' : 'now'),
        ),
      progressed: () => this.#progressed(),
      mark: () => this.#mark(),
      identified: (answer, sentAt) => this.#identified(answer, sentAt),
      problem,
    });
    this.#features.open((name) => this.#hostOf(name, flush));
    this.#link.onChange(() => this.#linkChanged());
  }

  /** Takes over a migrated database; afterwards it is the only one that may use it. */
  static async open(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    const pg = engine.#pg;
    await pg.exec(`insert into sync.client (client_id) values ('${crypto.randomUUID()}') on conflict do nothing;
      delete from sync.request where at < now() - interval '1 day'; select sync.prune_sent()`);
    await engine.#flush();
    await engine.#features.recount();
    await engine.#count();
    await engine.#outbox.open();
    engine.#features.start();
    if (options.sync !== false) {
      engine.#features.wake();
      void engine.#readPath.refresh();
      engine.#timer = setInterval(() => void engine.#readPath.refresh(), MEMBERSHIPS_EVERY);
    }
    return engine;
  }

  #hostOf(name: string, flush: () => Promise<void>): FeatureHost {
    return {
      pg: this.#pg,
      link: this.#link,
      userId: this.options.userId,
      syncs: this.options.sync !== false,
      flush,
      changed: (tables) => this.#changed(wholly(tables)),
      problem: (found) => {
        this.#problem(name, found);
        const { [name]: _, ...others } = this.#status.faults;
        this.#set({ faults: found === null ? others : { ...others, [name]: found.sentence } });
      },
      idle: () => this.#status.upToDate && this.#status.network === 'online',
      loading: () => this.#status.loading !== null,
      counted: () => void this.#count(),
      rewrite: (run) => this.#outbox.rewrite(run),
    };
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
    this.#listeners.add(listener);
    listener(this.#status);
    return () => this.#listeners.delete(listener);
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
    const writeAgain = await this.#writer.stop();
    try {
      await this.#features.recount();
      await this.#count();
      const unsent = this.#status.onlyHere;
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

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#writer.close();
    clearInterval(this.#timer);
    this.#link.close();
    await Promise.all(this.#closeParts());
    await this.#pg.close();
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
    this.#problem('device', null);
    if (this.options.sync !== false) this.#outbox.wake();
  }

  #full(): void {
    this.#problem('device', syncProblem('device-full'));
  }

  #flush(): Promise<void> {
    return flushPatiently({
      flush: () => this.options.database.flush(),
      full: () => this.#full(),
      hasRoom: () => this.#problem('device', null),
      isClosed: () => this.#closed,
      maxPause: this.options.maxPause ?? 15_000,
    });
  }

  /** Ends without the database, which has stopped; its files can be opened anew afterwards. */
  async abandon(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#writer.close();
    clearInterval(this.#timer);
    this.#link.close();
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
      const { rows } = await this.#pg.query<{ unsent: string; attention: string; kept: string }>(
        `select (select count(distinct n) from sync.outbox where verdict is null) as unsent,
           ${this.#features.attention} as attention, ${this.#features.kept} as kept`,
        [this.options.userId],
      );
      const { beside } = this.#features;
      const unsent = Number(rows[0]!.unsent) + this.#features.unsent;
      const { attention, kept } = rows[0]!;
      this.#set({ unsent, beside, attention: Number(attention), onlyHere: unsent + Number(kept) });
      // What a restored server lacked is there again.
      if (unsent === 0) this.#problem('restored', null);
    } catch (error) {
      if (!this.#closed) throw error;
    }
  });

  #progressed(): void {
    const was = this.#status;
    this.#set({ loading: this.#readPath.loading, upToDate: this.#readPath.upToDate });
    if (was.loading && !this.#status.loading) void this.#count();
    if (was.upToDate || !this.#status.upToDate) return;
    this.#features.wake();
    void this.#tending.tend();
  }

  #linkChanged(): void {
    const { network, session, heardAt, busy } = this.#link.state;
    this.#set({ network, session, heardAt });
    this.#problem('link', busy ? syncProblem('busy') : null);
    const isBack = network === 'online' && !this.#wasOnline;
    this.#wasOnline = network === 'online';
    if (isBack && session === 'signed-in') {
      this.#link.wake();
      this.#outbox.wake();
      this.#features.wake();
    }
  }

  async #mark(): Promise<Mark | null> {
    const { rows } = await this.#pg.query<{ epoch: string | null; version: string }>(
      'select epoch, epoch_version as version from sync.client',
    );
    const { epoch, version } = rows[0]!;
    return epoch === null ? null : { epoch, version };
  }

  async #identified(answer: SessionAnswer, sentAt: number): Promise<void> {
    const forget = (tx: Transaction) => this.#readPath.forget(tx);
    const restored = await this.#outbox.meet(answer, { sentAt, heardAt: Date.now() }, forget);
    if (restored) this.#problem('restored', syncProblem('restored'));
  }

  /** What each part last said of itself; a full device is shown before all, else the first one that is in trouble. */
  #problem(source: string, problem: SyncProblem | null): void {
    if (problem === null) this.#problems.delete(source);
    else this.#problems.set(source, problem);
    const all = [...this.#problems.values()];
    this.#set({ problem: this.#problems.get('device') ?? all[0] ?? null });
  }

  #set(change: Partial<Status>): void {
    if (this.#closed) return;
    const next: Status = { ...this.#status, ...change, heardAt: this.#link.state.heardAt };
    const same = (Object.keys(next) as (keyof Status)[]).every(
      (key) => JSON.stringify(next[key]) === JSON.stringify(this.#status[key]),
    );
    if (same) return;
    this.#status = next;
    for (const listener of [...this.#listeners]) listener(next);
  }
}
