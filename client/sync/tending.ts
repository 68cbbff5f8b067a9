// Tends the device's tables when nobody waits for the database: after many rows have come, `vacuum analyze` halves what
// queries cost, and nothing else does it here, because PGlite has no process of its own for it.
import type { PGliteInterface } from '@electric-sql/pglite';

export interface TendingOptions {
  readonly pg: PGliteInterface;
  /** ms without a query or write of a person before a table is taken; 3 s where it is not said. */
  readonly quiet?: number;
}

/** A table is taken when it has this many times the pages it had when it was tended last, and a few more. */
const GROWTH = 1.5;
const FEW_PAGES = 16;

export class Tending {
  #used = performance.now();
  #end = new AbortController();
  #running: Promise<void> | null = null;

  constructor(private readonly options: TendingOptions) {}

  /** The database is being used by a person. */
  used(): void {
    this.#used = performance.now();
  }

  /** Many rows may have come. Resolves when what needs it is tended, or it was closed. */
  tend(): Promise<void> {
    this.#running ??= this.#tend().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #tend(): Promise<void> {
    const { pg } = this.options;
    try {
      for (;;) {
        await this.#quiet();
        if (this.#end.signal.aborted) return;
        const [table] = await this.#grown();
        if (table === undefined || this.#end.signal.aborted) return;
        await pg.exec(`vacuum analyze ${table}`);
      }
    } catch (error) {
      // It is only slower then; a device without room says so elsewhere.
      if (!this.#end.signal.aborted) console.warn('the tables could not be tended:', error);
    }
  }

  /** @returns tables of rows and of what the device keeps beside them that have grown since they were tended last, the one that has grown most first */
  async #grown(): Promise<string[]> {
    const { rows } = await this.options.pg.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('public', 'sync') and c.relkind = 'r'
           and pg_relation_size(c.oid) / current_setting('block_size')::int > c.relpages * $1::float8 + $2::int
         order by pg_relation_size(c.oid) / current_setting('block_size')::int - c.relpages desc`,
      [GROWTH, FEW_PAGES],
    );
    return rows.map(({ name }) => name);
  }

  /** Resolves when the database was not used for a while. */
  async #quiet(): Promise<void> {
    const { signal } = this.#end;
    for (;;) {
      const left = this.#used + (this.options.quiet ?? 3_000) - performance.now();
      if (left <= 0 || signal.aborted) return;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, left);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          done();
        });
      });
    }
  }
}
