// Live queries: runs each distinct query again when a table it reads has changed, and tells those who watch it.

export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

interface Watched {
  readonly query: Query;
  readonly tables: ReadonlySet<string>;
  readonly watchers: Set<Watcher>;
  /** Last rows as JSON, to stay silent when nothing changed; null before the first run. */
  last: { json: string; rows: unknown[] } | null;
  dirty: boolean;
}

export interface Watcher {
  onRows(rows: unknown[]): void;
  onError(error: unknown): void;
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
  #running = false;

  /** @param watchable the tables whose changes are told by invalidate() */
  constructor(
    private readonly run: (query: Query) => Promise<unknown[]>,
    private readonly watchable: readonly string[],
  ) {}

  /** @returns stop */
  watch(query: Query, watcher: Watcher): () => void {
    const key = JSON.stringify([query.sql, query.parameters]);
    let watched = this.#watched.get(key);
    if (!watched) {
      watched = {
        query,
        tables: tablesIn(query.sql, this.watchable),
        watchers: new Set(),
        last: null,
        dirty: true,
      };
      this.#watched.set(key, watched);
    }
    watched.watchers.add(watcher);
    if (watched.last && !watched.dirty) this.#tell(watcher, watched.last.rows);
    else void this.#work();
    return () => {
      watched.watchers.delete(watcher);
      if (watched.watchers.size === 0 && this.#watched.get(key) === watched) this.#watched.delete(key);
    };
  }

  /** These tables have changed (committed). */
  invalidate(tables: Iterable<string>): void {
    const changed = [...tables];
    for (const watched of this.#watched.values()) {
      if (changed.some((table) => watched.tables.has(table))) watched.dirty = true;
    }
    void this.#work();
  }

  /** One query at a time, so that reads and writes of the person get in between. */
  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (;;) {
        const next = [...this.#watched.values()].find((w) => w.dirty);
        if (!next) return;
        next.dirty = false;
        await this.#refresh(next);
      }
    } finally {
      this.#running = false;
    }
  }

  async #refresh(watched: Watched): Promise<void> {
    try {
      const rows = await this.run(watched.query);
      const json = JSON.stringify(rows);
      if (watched.last?.json === json) {
        for (const watcher of [...watched.watchers]) {
          if (!this.#told.has(watcher)) this.#tell(watcher, rows);
        }
        return;
      }
      watched.last = { json, rows };
      for (const watcher of [...watched.watchers]) this.#tell(watcher, rows);
    } catch (error) {
      watched.last = null;
      for (const watcher of [...watched.watchers]) watcher.onError(error);
    }
  }

  /** Watchers that have had rows: one that joins during a run must not be left without. */
  #told = new WeakSet<Watcher>();

  #tell(watcher: Watcher, rows: unknown[]): void {
    this.#told.add(watcher);
    watcher.onRows(rows);
  }
}
