// Live queries as prepared statements: one that is run again and again is parsed and planned once. The answers are those
// that the query itself would give.
import type { PGliteInterface } from '@electric-sql/pglite';
import type { Query } from './live-queries';

/** How many statements are kept; each holds its plan in the database's memory. */
const KEPT = 32;

export class PreparedQueries {
  /** Names by SQL, the one used longest ago first; null: cannot be prepared. */
  #names = new Map<string, string | null>();
  #seen = new Set<string>();
  #count = 0;

  constructor(private readonly pg: PGliteInterface) {}

  /** @returns its rows. @throws what Postgres throws */
  async run({ sql, parameters }: Query): Promise<unknown[]> {
    const literals = parameters.map(literal);
    const isPlain = !literals.includes(null);
    const name = isPlain && this.#isRepeated(sql) ? await this.#nameOf(sql) : null;
    if (name !== null) {
      try {
        const given = literals.length > 0 ? `(${literals.join(', ')})` : '';
        return (await this.pg.query(`execute ${name}${given}`)).rows;
      } catch {
        // Whatever it was: the query itself says it, or works, and is not prepared again.
        this.#names.set(sql, null);
        await this.#forget(name);
      }
    }
    return (await this.pg.query(sql, [...parameters])).rows;
  }

  #isRepeated(sql: string): boolean {
    if (this.#seen.has(sql)) return true;
    if (this.#seen.size > 1_000) this.#seen.clear();
    this.#seen.add(sql);
    return false;
  }

  async #nameOf(sql: string): Promise<string | null> {
    const known = this.#names.get(sql);
    if (known !== undefined) {
      this.#names.delete(sql);
      this.#names.set(sql, known);
      return known;
    }
    const name = `live_${++this.#count}`;
    try {
      await this.pg.exec(`prepare ${name} as ${sql}`);
      this.#names.set(sql, name);
    } catch {
      this.#names.set(sql, null);
    }
    const [oldest] = this.#names;
    if (this.#names.size > KEPT && oldest) {
      this.#names.delete(oldest[0]);
      if (oldest[1] !== null) await this.#forget(oldest[1]);
    }
    return this.#names.get(sql) ?? null;
  }

  async #forget(name: string): Promise<void> {
    await this.pg.exec(`deallocate ${name}`).catch(() => {});
  }
}

/** @returns the value as SQL; null: it is not one that is written the same way for every type */
function literal(value: unknown): string | null {
  if (value === null || value === undefined) return 'null';
  if (!['string', 'number', 'boolean'].includes(typeof value)) return null;
  return `'${String(value).replaceAll("'", "''")}'`;
}
