// Which database this is and how far it has come, and whether what somebody was told of it is still true: a database
// that was restored from an older copy is noticed (sync.epoch).
import type { Pool } from 'pg';
import type { Mark } from '../../db/sync/wire';

export interface Place {
  readonly serverId: string;
  readonly mark: Mark;
}

export class Lineage {
  /** The highest version that this process knows of. */
  #seen = 0n;

  constructor(private readonly pool: Pool) {}

  /** Begins an epoch; to be called once before anything is told to anybody. */
  async begin(): Promise<void> {
    await this.pool.query('select sync.begin_epoch()');
  }

  /** Where the database is: not before anything that was committed when this was called. */
  async place(): Promise<Place> {
    for (;;) {
      const { rows } = await this.pool.query<{ id: string; mark: Mark | null }>(
        'select s.id, sync.mark($1) as mark from sync.server s',
        [String(this.#seen)],
      );
      const { id, mark } = rows[0]!;
      if (mark) {
        const version = BigInt(mark.version);
        if (version > this.#seen) this.#seen = version;
        return { serverId: id, mark };
      }
      // Another Postgres process, or an older copy under the same one.
      this.#seen = 0n;
      await this.begin();
    }
  }

  /** @returns the first version (decimal) that is missing here of those that the bearer was told of; null: none is. */
  async lostFrom(told: Mark): Promise<string | null> {
    const { rows } = await this.pool.query<{ lost: string | null }>(
      'select sync.lost_from($1, $2)::text as lost',
      [told.epoch, told.version],
    );
    return rows[0]!.lost;
  }
}
