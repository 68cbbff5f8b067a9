// How shapes begin: what is stored of each, read for many in one statement. All tables of a workspace are followed at the
// same moment, and on a new device each statement costs more than what it reads.
import type { PGliteInterface } from '@electric-sql/pglite';
import type { Schema } from '../../db/sync/schema';
import type { LoadPosition } from './first-load';
import type { ApplyMode } from './guard';

/** How the next rows of a shape are to be taken. */
export type Start =
  | { readonly mode: 'load'; readonly from: LoadPosition | null }
  /** position: the one in the server's log up to which rows are stored */
  | { readonly mode: ApplyMode; readonly position: bigint };

/** A shape, by the key under which its position is stored. */
export interface Asking {
  readonly key: string;
  readonly table: string;
  readonly workspaceId: string;
}

interface Ask extends Asking {
  resolve(start: Start): void;
  reject(error: unknown): void;
}

export class Starts {
  #asks: Ask[] = [];

  constructor(
    private readonly pg: PGliteInterface,
    private readonly schema: Schema,
  ) {}

  /** What is asked while others are being read is read with the next ones. @throws what the database throws */
  of(asking: Asking): Promise<Start> {
    return new Promise((resolve, reject) => {
      this.#asks.push({ ...asking, resolve, reject });
      if (this.#asks.length === 1) void this.#read();
    });
  }

  async #read(): Promise<void> {
    // By then, all that is asked for in the same go is there.
    await Promise.resolve();
    const asks = this.#asks.splice(0);
    try {
      const starts = await this.#startsOf(asks);
      for (const ask of asks) ask.resolve(starts.get(ask.key)!);
    } catch (error) {
      for (const ask of asks) ask.reject(error);
    }
  }

  async #startsOf(asks: readonly Ask[]): Promise<Map<string, Start>> {
    const { rows } = await this.pg.query<{
      key: string;
      last_lsn: string | null;
      loading: LoadPosition | null;
    }>(
      `select a.key, m.last_lsn, case when l.key is not null then
           json_build_object('handle', l.handle, 'log_offset', l.log_offset, 'done', l.done, 'lsn', l.lsn::text)
         end as loading
         from unnest($1::text[]) a (key)
         left join electric.subscriptions_metadata m on m.key = a.key
         left join sync.loading l on l.key = a.key`,
      [asks.map(({ key }) => key)],
    );
    const known = new Map(rows.map((row) => [row.key, row]));
    const unknown = asks.filter(({ key }) => known.get(key)?.last_lsn == null && !known.get(key)?.loading);
    const filled = await this.#filled(unknown);
    const startOf = ({ key }: Ask): Start => {
      const row = known.get(key);
      if (row?.last_lsn != null) return { mode: 'merge', position: BigInt(row.last_lsn) };
      if (row?.loading) return { mode: 'load', from: row.loading };
      // Rows are there without a position: the first answer says what of them has gone.
      return filled.has(key) ? { mode: 'replace', position: 0n } : { mode: 'load', from: null };
    };
    return new Map(asks.map((ask) => [ask.key, startOf(ask)]));
  }

  /** @returns keys of those whose tables have rows of their workspace */
  async #filled(asks: readonly Ask[]): Promise<ReadonlySet<string>> {
    if (asks.length === 0) return new Set();
    const workspaceIds = [...new Set(asks.map(({ workspaceId }) => workspaceId))];
    const parts = asks.map(({ table, workspaceId }, i) => {
      const { scope } = this.schema.tables[table]!;
      const id = `$${workspaceIds.indexOf(workspaceId) + 1}::uuid`;
      return `select ${i} as i where exists (select from public."${table}" where "${scope}" = ${id})`;
    });
    const { rows } = await this.pg.query<{ i: number }>(parts.join(' union all '), workspaceIds);
    return new Set(rows.map(({ i }) => asks[i]!.key));
  }
}
