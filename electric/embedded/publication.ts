// The publication this server streams from: made when missing, and given each table, with REPLICA IDENTITY
// FULL, the first time a shape asks for it.
import type { Pool, PoolClient } from 'pg';
import type { Table } from './catalog';
import { quoteName, quoteText, withConnection } from './connection';
import { ShapeError } from './errors';
import { publishedParts } from './parts';

/** How long a table's writers may hold up its first shape, in ms. */
const lockWithin = 3_000;
/**
 * How long one attempt waits for a lock. Other writers wait behind it meanwhile; and it is well below the second after
 * which Postgres looks for deadlocks, so that with the parts of a table locked it is never somebody else who is ended.
 */
const lockTimeout = '300ms';
/** Between two attempts, in ms. */
const lockPause = 50;
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
  /** The relations whose rows the stream may send, by oid, as of when it was opened. */
  readonly streamed: readonly number[];
}

/**
 * Makes the publication when it is missing. Call before the slot is created: a slot cannot decode with a
 * publication that is younger than itself.
 */
export async function ensurePublication(pool: Pool, name: string): Promise<void> {
  const { rows } = await pool.query<{ version: number; present: boolean; rooted: boolean | null }>(
    `select current_setting('server_version_num')::int as version, exists (select from pg_publication where pubname = $1) as present,
       (select pubviaroot from pg_publication where pubname = $1) as rooted`,
    [name],
  );
  const { version, present, rooted } = rows[0]!;
  // Rows are told by the partition that they lie in: via the root, neither the shape of a partition nor the truncation of
  // one would be heard of. Publications made by earlier versions of this server are changed.
  if (rooted)
    await pool.query(`alter publication ${quoteName(name)} set (publish_via_partition_root = false)`);
  if (present) return;
  const generated = version >= 180_000 ? ' with (publish_generated_columns = stored)' : '';
  try {
    await pool.query(`create publication ${quoteName(name)}${generated}`);
  } catch (error) {
    if (!isCode(error, '42710')) throw error; // made by somebody else just now
  }
}

/** Opens the publication for one replication stream. Call after the slot exists. */
export async function openPublication(pool: Pool, name: string): Promise<Publication> {
  // What was published before the slot existed is streamed completely: the slot waited for its writers.
  let published = (await readMembers(pool, name)) ?? new Set();
  const streamed = await readStreamed(pool, [...published]);
  const pending = new Map<number, Promise<void>>();
  return {
    streamed,
    include(table) {
      const wanted = publishedParts(table.parts);
      if (table.fullIdentity && wanted.every(({ oid }) => published.has(oid))) return Promise.resolve();
      const running = pending.get(table.oid);
      if (running) return running;
      const work = publish(pool, name, table)
        .then(() => {
          for (const { oid } of wanted) published.add(oid);
        })
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

/** The tables, with their partitions. */
async function readStreamed(pool: Pool, oids: readonly number[]): Promise<number[]> {
  const { rows } = await pool.query<{ oid: number }>(
    `with recursive tree as (
       select unnest($1::int8[]::oid[]) as oid union select h.inhrelid from tree join pg_inherits h on h.inhparent = tree.oid
     ) select oid::int8::float8 as oid from tree`,
    [oids],
  );
  return rows.map(({ oid }) => oid);
}

/**
 * Waits, by a lock that excludes writers, until nobody is in the middle of writing to the table unseen, and
 * publishes it in the same transaction.
 */
async function publish(pool: Pool, publication: string, table: Table): Promise<void> {
  const name = relationName(table);
  const deadline = Date.now() + lockWithin;
  for (;;) {
    try {
      await withConnection(pool, (client) => publishNow(client, publication, table));
      return await new Promise((resolve) => setTimeout(resolve, writersFirst));
    } catch (error) {
      if (!isCode(error, '55P03') && !isCode(error, '40P01')) throw refusal(error, publication, name);
      if (Date.now() > deadline) {
        throw new ShapeError('unavailable', `Table ${name} is busy with long transactions; try again later.`);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, lockPause));
  }
}

async function publishNow(client: PoolClient, publication: string, table: Table): Promise<void> {
  await client.query(`begin; set local lock_timeout = ${quoteText(lockTimeout)}`);
  for (const part of table.parts) {
    if (!part.fullIdentity)
      await client.query(`alter table only ${relationName(part)} replica identity full`);
  }
  await client.query(`lock table ${relationName(table)} in share row exclusive mode`);
  const { rows } = await client.query<{ oid: number }>(
    `select r.prrelid::int8::float8 as oid from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where p.pubname = $1`,
    [publication],
  );
  const there = new Set(rows.map(({ oid }) => oid));
  for (const part of publishedParts(table.parts)) {
    if (there.has(part.oid)) continue;
    await client.query(`alter publication ${quoteName(publication)} add table only ${relationName(part)}`);
  }
  await client.query('commit');
}

/** The error as a sentence when the database does not permit it. */
function refusal(error: unknown, publication: string, name: string): unknown {
  if (!isCode(error, '42501')) return error;
  return new ShapeError(
    'refused',
    `The database user may not publish ${name}: make it the owner of the table, or run ALTER TABLE ${name} REPLICA IDENTITY FULL and add the table to the publication ${publication} yourself.`,
  );
}

const relationName = ({ schema, name }: { schema: string; name: string }) =>
  `${quoteName(schema)}.${quoteName(name)}`;

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
