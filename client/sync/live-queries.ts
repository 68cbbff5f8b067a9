// Live queries: runs each distinct query again when something that it reads has changed, and tells those who watch it.

export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Of a live query: what spares it runs that would change nothing. */
  readonly reads?: Reads | undefined;
}

/** What a live query says of itself beside its SQL; all of it may be absent. */
export interface Reads {
  /** The table whose row's id is the `id` of its rows. Of the outbox only these rows' marks matter to it. */
  readonly of?: string | undefined;
  /** Of these tables, only these columns matter to it; a row that is made or deleted always does. */
  readonly columns?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** What changed of a table; null: not known, so anything may have. */
export interface Changed {
  /** Columns of rows that were there and still are. */
  readonly columns: ReadonlySet<string> | null;
  /** Rows. */
  readonly ids: ReadonlySet<string> | null;
}

/** By table. */
export type Changes = ReadonlyMap<string, Changed>;

/** Anything of these tables may have changed. */
export function wholly(tables: Iterable<string>): Changes {
  return new Map([...tables].map((table) => [table, { columns: null, ids: null }]));
}

/** Rows of one run. */
export interface Answered {
  readonly rows: unknown[];
  /** Requests of tabs (calls.ts) that took effect before the run and whose results were not told by then. */
  readonly holding: readonly string[];
}

interface Watched {
  readonly query: Query;
  readonly tables: ReadonlySet<string>;
  readonly watchers: Set<Watcher>;
  /** Last rows as JSON, to stay silent when nothing changed; null before the first run. */
  last: { json: string; rows: unknown[] } | null;
  dirty: boolean;
  /** A row that it shows has changed: it goes before those of which that is not known. */
  urgent: boolean;
  /** Wait for a run that begins from now on. */
  waiting: (() => void)[];
}

export interface Watcher {
  onRows(rows: unknown[], holding: readonly string[]): void;
  /** It was run again, and the rows are as told last. */
  onSame?(holding: readonly string[]): void;
  onError(error: unknown): void;
  /** Nobody looks at it now: it goes after those that are looked at. */
  isHidden?(): boolean;
}

/**
 * @param watchable what a query can depend on
 * @returns the tables of these that the SQL names; a column of the same name only costs a run too many
 */
export function tablesIn(sql: string, watchable: readonly string[]): Set<string> {
  return new Set(watchable.filter((name) => new RegExp(`\\b${name}\\b`).test(sql)));
}

export class LiveQueries {
  #watched = new Map<string, Watched>();
  /** The run under way, and who waits for its end. */
  #running: { watched: Watched; waiting: (() => void)[] } | null = null;
  #isWorking = false;

  /**
   * @param run runs a query; no write is committed while it runs
   * @param holding what `Answered.holding` would be of a run now
   * @param watchable the tables whose changes are told by invalidate()
   */
  constructor(
    private readonly run: (query: Query) => Promise<Answered>,
    private readonly holding: () => readonly string[],
    private readonly watchable: readonly string[],
  ) {}

  /** @returns stop */
  watch(query: Query, watcher: Watcher): () => void {
    const key = JSON.stringify([query.sql, query.parameters, query.reads]);
    let watched = this.#watched.get(key);
    if (!watched) {
      watched = {
        query,
        tables: tablesIn(query.sql, this.watchable),
        watchers: new Set(),
        last: null,
        dirty: true,
        urgent: true,
        waiting: [],
      };
      this.#watched.set(key, watched);
    }
    watched.watchers.add(watcher);
    // The rows of before a run that is under way are not what there is now.
    const isCurrent = !watched.dirty && this.#running?.watched !== watched;
    if (watched.last && isCurrent) this.#tell(watcher, watched.last.rows, this.holding());
    else void this.#work();
    return () => {
      watched.watchers.delete(watcher);
      if (watched.watchers.size > 0 || this.#watched.get(key) !== watched) return;
      this.#watched.delete(key);
      for (const done of watched.waiting.splice(0)) done();
    };
  }

  /** This has changed (committed). */
  invalidate(changes: Changes): void {
    for (const watched of this.#watched.values()) {
      for (const [table, changed] of changes) {
        if (!watched.tables.has(table)) continue;
        const isShown =
          changed.ids !== null && watched.last !== null && showsOne(watched.last.json, changed.ids);
        if (!isConcerned(watched, table, changed, isShown)) continue;
        watched.dirty = true;
        watched.urgent ||= isShown;
      }
    }
    void this.#work();
  }

  /** Resolves when every query has been run that needs it now. */
  async settled(): Promise<void> {
    const waits: Promise<void>[] = [];
    for (const watched of this.#watched.values()) {
      if (watched.dirty) waits.push(new Promise((done) => watched.waiting.push(done)));
    }
    const running = this.#running;
    if (running && !running.watched.dirty) waits.push(new Promise((done) => running.waiting.push(done)));
    await Promise.all(waits);
  }

  /** One query at a time, so that reads and writes of the person get in between. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (;;) {
        const next = this.#next();
        if (!next) return;
        this.#running = { watched: next, waiting: next.waiting.splice(0) };
        next.dirty = false;
        next.urgent = false;
        try {
          await this.#refresh(next);
        } finally {
          for (const done of this.#running.waiting) done();
          this.#running = null;
        }
      }
    } finally {
      this.#isWorking = false;
    }
  }

  /** Those that are looked at before the others, and among them those that show what changed. */
  #next(): Watched | undefined {
    const order = (watched: Watched) => (isLookedAt(watched) ? 2 : 0) + (watched.urgent ? 1 : 0);
    let best: Watched | undefined;
    for (const watched of this.#watched.values()) {
      if (watched.dirty && (!best || order(watched) > order(best))) best = watched;
    }
    return best;
  }

  async #refresh(watched: Watched): Promise<void> {
    try {
      const { rows, holding } = await this.run(watched.query);
      const json = JSON.stringify(rows);
      if (watched.last?.json === json) {
        for (const watcher of [...watched.watchers]) {
          if (this.#told.has(watcher)) watcher.onSame?.(holding);
          else this.#tell(watcher, rows, holding);
        }
        return;
      }
      watched.last = { json, rows };
      for (const watcher of [...watched.watchers]) this.#tell(watcher, rows, holding);
    } catch (error) {
      watched.last = null;
      for (const watcher of [...watched.watchers]) watcher.onError(error);
    }
  }

  /** Watchers that have had rows: one that joins during a run must not be left without. */
  #told = new WeakSet<Watcher>();

  #tell(watcher: Watcher, rows: unknown[], holding: readonly string[]): void {
    this.#told.add(watcher);
    watcher.onRows(rows, holding);
  }
}

const isLookedAt = ({ watchers }: Watched) => [...watchers].some((watcher) => !watcher.isHidden?.());

const showsOne = (json: string, ids: ReadonlySet<string>) =>
  ids.size > 1_000 || [...ids].some((id) => json.includes(id));

function isConcerned(
  { query: { reads }, last }: Watched,
  table: string,
  { columns, ids }: Changed,
  isShown: boolean,
): boolean {
  if (last === null) return true;
  if (columns?.size === 0) return false;
  if (table === 'outbox' && reads?.of !== undefined && ids !== null) return isShown;
  const read = reads?.columns?.[table];
  return !read || columns === null || read.some((name) => columns.has(name));
}
