// The publication this server streams from: made when missing, and given each table, with REPLICA IDENTITY
// FULL, the first time a shape asks for it.
import type { Pool } from 'pg';
import type { Table } from './catalog';
import { quoteName, quoteText, withConnection } from './connection';
import { ShapeError } from './errors';

/** How long a table's writers may hold up its first shape. Other writers wait behind the lock meanwhile. */
const lockTimeout = '3s';
/** Writers that waited behind the lock go on for this long, in ms, before the first snapshot: it then has their rows. */
const writersFirst = 30;

export interface Publication {
  /**
   * Makes the table's changes appear in the stream. When this resolves, every transaction that writes to it
   * and is not yet visible will be streamed.
   * @throws ShapeError `unavailable` when the table's writers do not let go, `refused` when it is not allowed
   */
  include(table: Table): Promise<void>;
  /** The tables that are in it now, by oid; undefined when somebody has dropped it. */
  members(): Promise<ReadonlySet<number> | undefined>;
}

/**
 * Makes the publication when it is missing. Call before the slot is created: a slot cannot decode with a
 * publication that is younger than itself.
 */
export async function ensurePublication(pool: Pool, name: string): Promise<void> {
  const { rows } = await pool.query<{ version: number; present: boolean }>(
    `select current_setting('server_version_num')::int as version,
       exists (select from pg_publication where pubname = $1) as present`,
    [name],
  );
  if (rows[0]!.present) return;
  const generated = rows[0]!.version >= 180_000 ? ', publish_generated_columns = stored' : '';
  try {
    await pool.query(
      `create publication ${quoteName(name)} with (publish_via_partition_root = true${generated})`,
    );
  } catch (error) {
    if (!isCode(error, '42710')) throw error; // made by somebody else just now
  }
}

/** Opens the publication for one replication stream. Call after the slot exists. */
export async function openPublication(pool: Pool, name: string): Promise<Publication> {
  // What was published before the slot existed is streamed completely: the slot waited for its writers.
  let published = (await readMembers(pool, name)) ?? new Set();
  const pending = new Map<number, Promise<void>>();
  return {
    include(table) {
      if (published.has(table.oid) && table.fullIdentity) return Promise.resolve();
      const running = pending.get(table.oid);
      if (running) return running;
      const work = publish(pool, name, table)
        .then(() => void published.add(table.oid))
        .finally(() => pending.delete(table.oid));
      pending.set(table.oid, work);
      return work;
    },
    async members() {
      const now = await readMembers(pool, name);
      // What somebody else added meanwhile is not known to be complete, so it is not remembered.
      published = new Set([...published].filter((oid) => now?.has(oid)));
      return now;
    },
  };
}

async function readMembers(pool: Pool, name: string): Promise<Set<number> | undefined> {
  const { rows } = await pool.query<{ oids: number[] }>(
    `select array(select r.prrelid::int8::float8 from pg_publication_rel r where r.prpubid = p.oid) as oids
     from pg_publication p where p.pubname = $1`,
    [name],
  );
  return rows[0] && new Set(rows[0].oids);
}

/**
 * Waits, by a lock that excludes writers, until nobody is in the middle of writing to the table unseen, and
 * publishes it in the same transaction.
 */
async function publish(pool: Pool, publication: string, table: Table): Promise<void> {
  const name = `${quoteName(table.schema)}.${quoteName(table.name)}`;
  try {
    await withConnection(pool, async (client) => {
      await client.query(`begin; set local lock_timeout = ${quoteText(lockTimeout)}`);
      if (!table.fullIdentity) {
        const leaves = await client.query<{ name: string }>(
          `select relid::regclass::text as name from pg_partition_tree($1::int8::oid)`,
          [table.oid],
        );
        const names = new Set([name, ...leaves.rows.map((row) => row.name)]);
        for (const each of names) await client.query(`alter table ${each} replica identity full`);
      }
      await client.query(`lock table ${name} in share row exclusive mode`);
      const present = await client.query(
        `select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
         where p.pubname = $1 and r.prrelid = $2::int8::oid`,
        [publication, table.oid],
      );
      if (present.rowCount === 0) {
        await client.query(`alter publication ${quoteName(publication)} add table ${name}`);
      }
      await client.query('commit');
    });
    await new Promise((resolve) => setTimeout(resolve, writersFirst));
  } catch (error) {
    if (isCode(error, '55P03') || isCode(error, '40P01')) {
      throw new ShapeError('unavailable', `Table ${name} is busy with long transactions; try again later.`);
    }
    if (isCode(error, '42501')) {
      throw new ShapeError(
        'refused',
        `The database user may not publish ${name}: make it the owner of the table, or run ALTER TABLE ${name} REPLICA IDENTITY FULL and add the table to the publication ${publication} yourself.`,
      );
    }
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
