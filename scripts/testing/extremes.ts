// The extremes of each column that a client can write, found by asking the schema itself: the shortest and longest text,
// the first and last moment, the least and greatest number that its constraints admit, and text that is hard to draw.
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { readMigrations } from '../../api/host/migrations';
import { endOfTime, firstDay, firstMoment, lastDay } from '../../db/kit/bounds';
import { migrate } from '../../db/sync/migrate';
import type { TableName } from '../../db/tables';

export type Row = Readonly<Record<string, unknown>>;

export interface Extreme {
  readonly table: TableName;
  readonly column: string;
  /** What it is, in a few words. */
  readonly what: string;
  readonly row: Row;
}

/** Text that is hard to draw; each is repeated as far as the column admits it. */
const texts: Readonly<Record<string, string>> = {
  'one word': 'W',
  words: 'some words ',
  'right to left': 'שלום עולם ',
  overridden: '\u202Eabc\u2066',
  'combining marks': 'Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a',
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈',
  controls: '\u0001\u001b[31m\u007f\u0085\r',
  invisible: '\u200b\u200d\ufeff\u2060',
  lines: 'a\n',
  markup: '<img src=x onerror=alert(1)>![x](javascript:alert(1))',
};

const iso = (at: number) => new Date(at).toISOString();
const span = (from: number, to: number) => `[${iso(from)},${iso(to)})`;
const day = 86_400_000;

/** Other values by type. Of numbers the least and greatest are looked for. */
const values: Readonly<Record<string, (now: number) => Readonly<Record<string, unknown>>>> = {
  date: () => ({ first: firstDay, last: lastDay }),
  'timestamp with time zone': () => ({ first: iso(firstMoment), last: iso(endOfTime - 1) }),
  'time without time zone': () => ({ first: '00:00', last: '24:00', fraction: '00:00:00.000001' }),
  tstzrange: (now) => ({
    first: span(firstMoment, firstMoment + 60_000),
    last: span(endOfTime - 60 * day, endOfTime),
    longest: span(now - 30 * day, now + 30 * day),
    shortest: span(now, now + 1000),
  }),
  boolean: () => ({ yes: true, no: false }),
  jsonb: () => ({
    empty: [],
    odd: [null, 1, { a: [] }, 'x', ['y']],
    long: Array.from({ length: 500 }, () => crypto.randomUUID()),
  }),
};

export class Extremes {
  private constructor(private readonly pg: PGlite) {}

  /** The schema alone: no device, no server, nothing that captures or mends. */
  static async open(): Promise<Extremes> {
    const pg = await PGlite.create({ extensions: { btree_gist } });
    await migrate(
      pg,
      readMigrations().filter(({ name }) => /^\d{4}_\w+\.sql$/.test(name)),
      'client',
    );
    return new Extremes(pg);
  }

  async close(): Promise<void> {
    await this.pg.close();
  }

  /**
   * @param base a row that the schema admits, with all that must be given
   * @param columns of it, or besides
   * @returns a row for each extreme value of each column
   */
  async of(table: TableName, base: Row, columns: readonly string[], now = Date.now()): Promise<Extreme[]> {
    const { rows } = await this.pg.query<{ column: string; type: string; literals: string[] | null }>(
      `select a.attname as column, format_type(a.atttypid, null) as type,
         (select array_agg(m[1]) from pg_constraint k, regexp_matches(pg_get_constraintdef(k.oid), '''(\\w+)''::text', 'g') m
            where k.conrelid = a.attrelid and k.contype = 'c' and k.conkey = array[a.attnum]) as literals
       from pg_attribute a where a.attrelid = $1::regclass and a.attname = any ($2)`,
      [table, columns],
    );
    const found: Extreme[] = [];
    for (const { column, type, literals } of rows) {
      for (const [what, value] of await this.#values(table, base, column, type, literals ?? [], now)) {
        const row = { ...base, [column]: value };
        if (await this.#admits(table, row)) found.push({ table, column, what, row });
      }
    }
    return found;
  }

  async #values(
    table: TableName,
    base: Row,
    column: string,
    type: string,
    literals: readonly string[],
    now: number,
  ): Promise<[string, unknown][]> {
    const fits = (value: unknown) => this.#admits(table, { ...base, [column]: value });
    if (type === 'text') {
      const longest = await last(500_000, (n) => fits('W'.repeat(n)));
      const long: [string, string][] = [];
      for (const [what, piece] of Object.entries(texts)) {
        let count = Math.ceil(longest / piece.length);
        while (count > 1 && !(await fits(piece.repeat(count)))) count = Math.floor(count / 2);
        if (longest > 0) long.push([what, piece.repeat(count)]);
      }
      return [['empty', ''], ...long, ...literals.map((word): [string, string] => [word, word])];
    }
    if (/int/.test(type)) {
      const from = Number(base[column] ?? 1);
      const end = type === 'smallint' ? 32_767 : 2_147_483_647;
      return [
        ['least', from - (await last(end, (n) => fits(from - n)))],
        ['greatest', from + (await last(end - from, (n) => fits(from + n)))],
      ];
    }
    return Object.entries(values[type]?.(now) ?? {});
  }

  async #admits(table: string, row: Row): Promise<boolean> {
    const columns = ['id', ...Object.keys(row).filter((c) => c !== 'id')].map((c) => `"${c}"`).join(', ');
    await this.pg.exec('begin; set local session_replication_role = replica');
    try {
      await this.pg.query(
        `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, $1)`,
        [JSON.stringify({ id: crypto.randomUUID(), ...row })],
      );
      return true;
    } catch {
      return false;
    } finally {
      await this.pg.exec('rollback');
    }
  }
}

/** The greatest number up to `most` for which it holds; 0 when for none. It holds for all before one for which it does. */
async function last(most: number, holds: (n: number) => Promise<boolean>): Promise<number> {
  let low = 0;
  let high = most;
  if (await holds(high)) return high;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
