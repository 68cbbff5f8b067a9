// Sends local transactions in order, one request at a time, and stores the verdicts. What the server has not
// answered stays in sync.outbox (W1); what it repeats or refuses to repeat is decided by the counter (W2).
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import { refusalSentence } from '../../db/rules';
import {
  type Answer,
  limits,
  PROTOCOL,
  type RefusalKind,
  type WriteResponse,
  writeResponse,
} from '../../db/wire';
import { type Link, LinkError, readJson } from './link';
import { foldUpdates } from './outbox-fold';

/** Bytes of one request, so that a slow line gets answers now and then. A larger single transaction goes alone. */
const BATCH_BYTES = 256_000;
const BATCH_TRANSACTIONS = 200;
/** Body updates are folded when this many rows were written since the last time. */
const LOOSE = 32;

interface Batch {
  readonly clientId: string;
  readonly serverId: string | null;
  readonly acknowledged: number;
  /** JSON of each transaction, with its counter. */
  readonly transactions: readonly { readonly n: number; readonly json: string }[];
}

export interface OutboxEvents {
  /** Committed and flushed; the tables that changed. */
  changed(tables: Iterable<string>): void;
  /** The server has another database than this device knew; null in the argument: the counter was taken. */
  forked(serverId: string | null): Promise<void>;
  sending(is: boolean): void;
  problem(sentence: string | null): void;
}

export class Outbox {
  #wanted = false;
  #running: Promise<void> | null = null;
  #closed = false;
  /** The last counter that a request may have carried; of what an earlier engine did, nothing is known. */
  #sentUpTo = Number.POSITIVE_INFINITY;
  #loose = 0;
  /** What reads counters and what moves them take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pg: PGliteInterface,
    private readonly link: Link,
    private readonly flush: () => Promise<void>,
    private readonly events: OutboxEvents,
    private readonly foldEvery = LOOSE,
  ) {}

  /** To be called once, before anything is written: what is there now may have been sent. */
  async open(): Promise<void> {
    const { rows } = await this.pg.query<{ n: string }>('select coalesce(max(n), 0) as n from sync.outbox');
    this.#sentUpTo = Number(rows[0]!.n);
  }

  /** Updates of bodies were written; many of them that wait for a network are folded into few. */
  updatesWritten(): void {
    if (++this.#loose < this.foldEvery) return;
    this.#loose = 0;
    void this.#inTurn(() => foldUpdates(this.pg, this.#sentUpTo))
      .then(async (fewer) => {
        if (fewer === 0) return;
        await this.flush();
        this.events.changed(['document_update', 'outbox']);
      })
      .catch((error: unknown) => {
        // They are sent one by one, then.
        if (!this.#closed) console.warn('Outpost: updates were not folded:', error);
      });
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  /** There may be something to send. */
  wake(): void {
    this.#wanted = true;
    this.#running ??= this.#drain().finally(() => {
      this.#running = null;
      this.events.sending(false);
      if (this.#wanted && !this.#closed) this.wake();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running?.catch(() => {});
    await this.#turn;
  }

  async #drain(): Promise<void> {
    while (this.#wanted && !this.#closed) {
      this.#wanted = false;
      for (;;) {
        if (this.#closed) return;
        const batch = await this.#inTurn(() => this.#next());
        if (batch === null) break;
        this.events.sending(true);
        await this.#send(batch);
      }
    }
  }

  async #next(): Promise<Batch | null> {
    const { rows } = await this.pg.query<{ n: string; operations: unknown }>(
      `select n, jsonb_agg(jsonb_build_object('kind', kind, 'table', "table", 'id', row_id, 'set', set,
         'was', case kind when 'update' then was else '{}' end, 'clock', clock) order by i)::text as operations
       from sync.outbox where verdict is null
       and n in (select distinct n from sync.outbox where verdict is null order by n limit $1)
       group by n order by n`,
      [BATCH_TRANSACTIONS],
      { parsers: { 25: (text: string) => text } },
    );
    if (rows.length === 0) return null;
    const client = await this.pg.query<{ client_id: string; server_id: string | null; acknowledged: string }>(
      'select client_id, server_id, acknowledged from sync.client',
    );
    const { client_id, server_id, acknowledged } = client.rows[0]!;
    const transactions: { n: number; json: string }[] = [];
    let bytes = 0;
    for (const row of rows) {
      const json = `{"n":${row.n},"operations":${row.operations}}`;
      bytes += json.length;
      if (transactions.length > 0 && bytes > BATCH_BYTES) break;
      transactions.push({ n: Number(row.n), json });
    }
    this.#sentUpTo = Math.max(this.#sentUpTo, transactions.at(-1)!.n);
    return { clientId: client_id, serverId: server_id, acknowledged: Number(acknowledged), transactions };
  }

  async #send(batch: Batch): Promise<void> {
    const head = JSON.stringify({
      protocol: PROTOCOL,
      clientId: batch.clientId,
      serverId: batch.serverId,
      acknowledged: batch.acknowledged,
    });
    const body = `${head.slice(0, -1)},"transactions":[${batch.transactions.map((t) => t.json).join(',')}]}`;
    // A string of JavaScript counts UTF-16 units; the limit is in bytes of UTF-8.
    if (batch.transactions.length === 1 && new TextEncoder().encode(body).byteLength > limits.bodyBytes) {
      return await this.#refuse(batch.transactions[0]!.n, 'too-large');
    }
    const sentAt = Date.now();
    try {
      const response = await this.link.patiently('/api/write', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const answered = writeResponse.safeParse(await readJson(response));
      // A hotel's sign-in page answers 200 as well.
      if (!answered.success) throw new LinkError('busy', 'Something else answered in place of the server.');
      await this.#store(answered.data, sentAt);
      this.events.problem(null);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      await this.#failed(error, batch);
    }
  }

  async #store(response: WriteResponse, sentAt: number): Promise<void> {
    // The server's time lies somewhere between sending and hearing: a clock that may be right is left alone.
    const heardAt = Date.now();
    const isRight = response.now >= sentAt && response.now <= heardAt;
    const offset = isRight ? 0 : Math.round(response.now - (sentAt + heardAt) / 2);
    const tables = await this.pg.transaction(async (tx) => {
      // A clock that had run ahead is set right, so that it does not stay ahead for ever (M2).
      await tx.query(
        `update sync.client set server_id = $1, offset_ms = $2,
           clock_ms = least(clock_ms, floor(extract(epoch from clock_timestamp()) * 1000)::bigint + $2 + 60000)`,
        [response.serverId, offset],
      );
      return await storeAnswers(tx, response.answers, response.lsn);
    });
    await this.flush();
    this.events.changed([...tables, 'outbox', 'refused', 'incoming']);
  }

  /** A request that will never be accepted is narrowed down to the transaction it is about; that one is refused. */
  async #failed(error: LinkError, batch: Batch): Promise<void> {
    switch (error.kind) {
      case 'fork':
      case 'gap': {
        const serverId = error.detail.serverId;
        await this.events.forked(typeof serverId === 'string' ? serverId : null);
        return;
      }
      case 'malformed':
      case 'too-large':
        if (batch.transactions.length > 1) {
          await this.#send({ ...batch, transactions: batch.transactions.slice(0, 1) });
        } else {
          await this.#refuse(batch.transactions[0]!.n, error.kind === 'too-large' ? 'too-large' : 'invalid');
        }
        return;
      default:
        // Nothing is lost; it is tried again when woken or after a while.
        if (error.kind !== 'unreachable' && error.kind !== 'signed-out') this.events.problem(error.message);
        if (!this.#closed) await this.link.pause();
    }
  }

  /** The device's own verdict on a transaction that cannot be sent. Its counter is taken by the ones behind it. */
  async #refuse(n: number, kind: RefusalKind): Promise<void> {
    const refuse = async (tx: Transaction) => {
      const { rows } = await tx.query<{ count: string }>('select count(*) from sync.outbox where n = $1', [
        n,
      ]);
      const verdict = { status: 'refused' as const, kind, rule: null, sentence: refusalSentence(kind, null) };
      const verdicts = Array.from({ length: Number(rows[0]!.count) }, () => verdict);
      const changed = await storeAnswers(tx, [{ n, verdicts }], '0');
      await tx.query('update sync.outbox set n = n - 1 where verdict is null and n > $1', [n]);
      await tx.query('update sync.request set n = n - 1 where n > $1', [n]);
      await tx.query('update sync.client set next_n = next_n - 1, acknowledged = $1, current_xid = null', [
        n - 1,
      ]);
      return changed;
    };
    const tables = await this.#inTurn(() => this.pg.transaction(refuse));
    await this.flush();
    this.events.changed([...tables, 'outbox', 'refused']);
  }
}

/** @returns the tables that changed */
async function storeAnswers(tx: Transaction, answers: readonly Answer[], lsn: string): Promise<string[]> {
  if (answers.length === 0) return [];
  const { rows } = await tx.query<{ answer: string }>('select sync.answer($1, $2)', [
    JSON.stringify(answers),
    lsn,
  ]);
  return rows.map((r) => r.answer);
}

/**
 * Starts over with a new client id: the server does not know this counter, or knows it for other content. Unanswered
 * transactions keep their order and clocks and get new counters; that one of them took effect before is harmless,
 * because the same clock merges to the same row.
 * @param serverId another database: what the old one had answered may be missing there and is sent again
 */
export async function startOver(pg: PGliteInterface, serverId: string | null): Promise<void> {
  await pg.transaction(async (tx) => {
    const { rows } = await tx.query<{ server_id: string | null }>('select server_id from sync.client');
    const other = serverId !== null && rows[0]!.server_id !== null && rows[0]!.server_id !== serverId;
    if (other) await tx.exec('update sync.outbox set verdict = null, version = null, lsn = null');
    await tx.exec(`update sync.outbox set n = 0 where verdict is not null;
      update sync.outbox o set n = r.rank from (
        select i, dense_rank() over (order by n, (case when n = 0 then i end)) as rank from sync.outbox where verdict is null
      ) r where o.i = r.i`);
    await tx.query(
      `update sync.client set client_id = $1, server_id = coalesce($2, server_id), acknowledged = 0, current_xid = null,
         next_n = (select coalesce(max(n), 0) + 1 from sync.outbox where verdict is null)`,
      [crypto.randomUUID(), serverId],
    );
  });
}
