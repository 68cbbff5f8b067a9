// One request to POST /api/write: takes local transactions in order, each exactly once, and answers one verdict per
// operation. What is checked here: shape of the request, counters. write-operations.ts checks and applies the rest.
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Schema } from '../../db/sync/schema';
import {
  type Answer,
  limits,
  PROTOCOL,
  type Verdict,
  type WriteRequest,
  type WriteResponse,
  writeRequest,
} from '../../db/sync/wire';
import { readJson } from './body';
import { ApiFailure } from './errors';
import { isDeeper } from './json-shape';
import type { Lineage } from './lineage';
import type { Person } from './sessions';
import type { WriteFeature } from './write-feature';
import { applyOperations, type ReadOperation, readOperations } from './write-operations';

/** Transactions that lose a deadlock or a serialization race are tried again this often. */
const ATTEMPTS = 5;
/** Of the request as a whole; values of operations have a limit of their own. Beyond, JSON cannot be written any more. */
const DEEPEST = 2_000;

export interface WriteAnswer {
  readonly response: WriteResponse;
  /** What each feature notes of it, in the order of the features. */
  readonly notes: readonly (readonly unknown[])[];
}

export interface WritePlace {
  readonly pool: Pool;
  readonly lineage: Lineage;
  readonly schema: Schema;
  readonly features: readonly WriteFeature[];
}

/** @throws ApiFailure; what was applied before stays, and is answered when it is sent again */
export async function answerWrite(place: WritePlace, person: Person, body: Buffer): Promise<WriteAnswer> {
  const { pool, lineage, features } = place;
  const request = readJson(body, writeRequest, DEEPEST);
  if (request.protocol !== PROTOCOL) {
    throw new ApiFailure(
      'protocol',
      'This app and the server are of different versions. Reload the page when you can; nothing is lost.',
      { protocol: PROTOCOL },
    );
  }
  await checkServer(lineage, request);
  const answers: Answer[] = [];
  const notes = features.map((): unknown[] => []);
  for (const sent of request.transactions) {
    const transaction = withoutDeep(sent);
    const done = await once(place, person, request.clientId, transaction, answers.length > 0);
    if (done === null) break;
    answers.push(done.answer);
    note(features, done, notes);
  }
  if (request.acknowledged > 0) {
    await pool.query(
      `delete from sync.answer a using sync.client c
         where c.id = a.client_id and c.id = $1 and c.user_id = $2 and a.n <= $3`,
      [request.clientId, person.id, request.acknowledged],
    );
  }
  const at = await pool.query<{ lsn: string }>(
    "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text as lsn",
  );
  const reached = await lineage.place();
  return { response: { ...reached, now: Date.now(), lsn: at.rows[0]!.lsn, answers }, notes };
}

/**
 * An operation that is nested too deeply becomes none, which is refused by itself (W4): what is that deep cannot be
 * written down again, neither for its hash nor for Postgres.
 * @throws ApiFailure 'malformed' for a transaction that is so deep elsewhere
 */
function withoutDeep(sent: unknown): unknown {
  // A transaction, its operations, one of these, its values by column, and a value.
  const inOperation = limits.depth + 2;
  if (!isDeeper(sent, inOperation + 2)) return sent;
  const { operations, ...rest } = sent as { operations?: unknown };
  if (isDeeper(rest, inOperation) || !Array.isArray(operations)) {
    throw new ApiFailure('malformed', 'The request is nested too deeply.');
  }
  return { ...rest, operations: operations.map((op) => (isDeeper(op, inOperation) ? null : op)) };
}

/** @throws ApiFailure 'fork' when the client knows another database, or has heard more of this one than it holds */
async function checkServer(lineage: Lineage, known: WriteRequest): Promise<void> {
  const { serverId } = await lineage.place();
  if (known.serverId !== null && known.serverId !== serverId) {
    const sentence = 'The server has another database than before; the app starts over with it.';
    throw new ApiFailure('fork', sentence, { serverId });
  }
  const lostFrom = known.mark ? await lineage.lostFrom(known.mark) : null;
  if (lostFrom !== null) {
    const sentence = 'The server was restored from an older copy; the app sends again what is missing there.';
    throw new ApiFailure('fork', sentence, { serverId, lostFrom });
  }
}

interface Done {
  readonly answer: Answer;
  readonly read: readonly ReadOperation[];
}

/** Adds to the notes what each feature notes of the operations that were not refused. */
function note(features: readonly WriteFeature[], { answer, read }: Done, notes: readonly unknown[][]): void {
  for (const [f, feature] of features.entries()) {
    for (const [i, one] of read.entries()) {
      if (!('op' in one) || answer.verdicts[i]?.status === 'refused') continue;
      const found = feature.note?.(one.op) ?? null;
      if (found !== null) notes[f]!.push(found);
    }
  }
}

/**
 * Applies one transaction at most once (W2): the client's counter, the answer and the data move in one server
 * transaction, and a repetition gets the stored answer.
 * @returns null when a later transaction of the request meets a gap or malformation: the answers so far stand.
 */
async function once(
  { pool, schema, features }: WritePlace,
  person: Person,
  clientId: string,
  raw: unknown,
  isLater: boolean,
): Promise<Done | null> {
  const n = (raw as { n?: unknown } | null)?.n;
  if (typeof n !== 'number' || !Number.isSafeInteger(n) || n < 1) {
    if (isLater) return null;
    throw new ApiFailure('malformed', 'A transaction has no counter.');
  }
  const hash = createHash('sha256').update(JSON.stringify(raw)).digest('base64');
  const read = await readOperations(schema, features, person, raw);
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    let failed: Error | undefined;
    try {
      await client.query('begin');
      const known = await claim(client, clientId, person.id);
      if (n <= known) {
        const stored = await storedAnswer(client, clientId, n, hash);
        await client.query('commit');
        return { answer: { n, verdicts: stored }, read };
      }
      if (n > known + 1) {
        await client.query('rollback');
        if (isLater) return null;
        throw new ApiFailure('gap', 'Earlier changes of this device are missing on the server.', {
          expected: known + 1,
        });
      }
      const verdicts = await applyOperations(client, schema, person, read);
      await client.query('insert into sync.answer (client_id, n, hash, verdicts) values ($1, $2, $3, $4)', [
        clientId,
        n,
        hash,
        JSON.stringify(verdicts),
      ]);
      await client.query(
        `update sync.client set last_n = $2, seen_at = now(),
           last_clock = nullif(current_setting('sync.admitted', true), '') where id = $1`,
        [clientId, n],
      );
      await client.query('commit');
      return { answer: { n, verdicts }, read };
    } catch (error) {
      failed = error as Error;
      await client.query('rollback').catch(() => {});
      const code = (error as { code?: unknown }).code;
      if (attempt < ATTEMPTS && (code === '40P01' || code === '40001')) continue;
      // Another's transaction has a row of it; that one ends before long.
      if (code === '55P03') throw new ApiFailure('busy', 'Somebody else is changing the same just now.');
      throw error;
    } finally {
      // A connection that failed oddly is not given to the next request.
      client.release(failed !== undefined && !(failed instanceof ApiFailure));
    }
  }
}

/** Locks the client's counter and returns it; a client id belongs to the person who used it first. */
async function claim(client: PoolClient, clientId: string, personId: string): Promise<number> {
  await client.query('insert into sync.client (id, user_id) values ($1, $2) on conflict do nothing', [
    clientId,
    personId,
  ]);
  const found = await client.query<{ user_id: string; last_n: string }>(
    `select user_id, last_n, set_config('sync.client', 'ordered', true),
        set_config('sync.admitted', coalesce(last_clock, ''), true)
       from sync.client where id = $1 for update`,
    [clientId],
  );
  const row = found.rows[0];
  // Forgotten in this very moment (purge.ts).
  if (!row) return await claim(client, clientId, personId);
  if (row.user_id !== personId) {
    throw new ApiFailure(
      'fork',
      'This device is known to the server as somebody else’s; the app starts over.',
    );
  }
  return Number(row.last_n);
}

async function storedAnswer(
  client: PoolClient,
  clientId: string,
  n: number,
  hash: string,
): Promise<Verdict[]> {
  const found = await client.query<{ hash: string; verdicts: Verdict[] }>(
    'select hash, verdicts from sync.answer where client_id = $1 and n = $2',
    [clientId, n],
  );
  const row = found.rows[0];
  // The counter was used for something else: this database was copied, or the answer was acknowledged by its twin.
  if (row?.hash !== hash) {
    throw new ApiFailure('fork', 'Another copy of this device has sent other changes; the app starts over.');
  }
  return row.verdicts;
}
