// Sends local transactions in order, one request at a time, and stores the verdicts. What the server has not
// answered stays in sync.outbox (W1); what it repeats or refuses to repeat is decided by the counter (W2).
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import { refusalSentence } from '../../db/sync/rules';
import type { Schema } from '../../db/sync/schema';
import {
  type Answer,
  limits,
  PROTOCOL,
  type RefusalKind,
  type SessionAnswer,
  type WriteRequest,
  type WriteResponse,
  writeResponse,
} from '../../db/sync/wire';
import { type Link, LinkError, readJson } from './link';
import { type Changes, wholly } from './live-queries';
import { noted, takeNotes } from './notes';
import { clockOffset, type Exchange, meet, notAhead, renumber } from './start-over';
import { isUnderWay, type SendingEvent, type SendingState, sendingTable } from './states';
import { problemOf, type SyncProblem, syncProblem } from './sync-problem';

/** Bytes of one request, so that a slow line gets answers now and then. A larger single transaction goes alone. */
const BATCH_BYTES = 256_000;
const BATCH_TRANSACTIONS = 200;

interface Batch {
  /** What a request says beside its transactions. */
  readonly head: Omit<WriteRequest, 'transactions'>;
  /** JSON of each transaction, with its counter. */
  readonly transactions: readonly { readonly n: number; readonly json: string }[];
}

export interface OutboxEvents {
  /** Committed and flushed. */
  changed(changes: Changes): void;
  /** The server is another database than this device knew, or an older copy of it: its session says more. */
  stranger(): void;
  sending(is: boolean): void;
  problem(problem: SyncProblem | null): void;
}

export class Outbox {
  #state: SendingState = 'unmet';
  /** The pass that is under way; at most one. */
  #running: Promise<void> | null = null;
  /** Requests in a row that were not answered as they should be. */
  #failures = 0;
  /** The last counter that a request may have carried; of what an earlier engine did, nothing is known. */
  #sentUpTo = Number.POSITIVE_INFINITY;
  #end = new AbortController();
  /** What reads counters and what moves them take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pg: PGliteInterface,
    private readonly link: Link,
    private readonly flush: () => Promise<void>,
    private readonly events: OutboxEvents,
    private readonly sentences: Schema['sentences'],
  ) {}

  /** To be called once, before anything is written: what is there now may have been sent. */
  async open(): Promise<void> {
    const { rows } = await this.pg.query<{ n: string }>('select coalesce(max(n), 0) as n from sync.outbox');
    this.#sentUpTo = Number(rows[0]!.n);
  }

  /**
   * Runs what rewrites unsent local transactions, while none is being taken for a request.
   * @param run gets the last counter that a request may have carried: only what comes after it may be rewritten (W2)
   */
  async rewrite<T>(run: (sentUpTo: number) => Promise<T>): Promise<T> {
    return await this.#inTurn(() => run(this.#sentUpTo));
  }

  /**
   * Takes in what the server says of itself, and starts sending to it. To be called when no table is followed, if the
   * server is not what this device knew.
   * @param forget drops what the source of rows keeps beside them (start-over.ts)
   * @returns whether the server was restored from an older copy
   */
  async meet(
    server: SessionAnswer,
    exchange: Exchange,
    forget: (tx: Transaction) => Promise<void>,
  ): Promise<boolean> {
    const { startedOver, restored } = await this.#inTurn(() => meet(this.pg, server, exchange, forget));
    await this.flush();
    if (startedOver) this.events.changed(wholly(['outbox']));
    this.#take('met');
    return restored;
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  /** There may be something to send. */
  wake(): void {
    this.#take('woken');
  }

  async close(): Promise<void> {
    this.#take('close');
    this.#end.abort();
    await this.#running?.catch(() => {});
    await this.#turn;
  }

  #take(event: SendingEvent): void {
    this.#state = sendingTable[this.#state][event];
    if (isUnderWay(this.#state)) this.#running ??= this.#pass();
  }

  /** Looks for something to send and sends it, until nothing is left or it may not go on. */
  async #pass(): Promise<void> {
    try {
      while (isUnderWay(this.#state)) {
        const batch = await this.#inTurn(() => this.#next());
        if (batch === null) {
          this.#take('emptied');
          continue;
        }
        this.events.sending(true);
        await this.#send(batch);
      }
    } catch (error) {
      this.#take('broke');
      throw error;
    } finally {
      this.#running = null;
      this.events.sending(false);
      // Something came between the last look and here.
      if (isUnderWay(this.#state)) this.#running = this.#pass();
    }
  }

  /** A request was not answered as it should be: it is tried again when woken, or after a while. */
  async #rest(): Promise<void> {
    this.#take('unanswered');
    await this.link.pause(this.#end.signal, ++this.#failures).catch(() => {});
    this.#take('rested');
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
    const client = await this.pg.query<{
      client_id: string;
      server_id: string | null;
      acknowledged: string;
      epoch: string | null;
      epoch_version: string;
    }>('select client_id, server_id, acknowledged, epoch, epoch_version from sync.client');
    const { client_id, server_id, acknowledged, epoch, epoch_version } = client.rows[0]!;
    const transactions: { n: number; json: string }[] = [];
    let bytes = 0;
    for (const row of rows) {
      const json = `{"n":${row.n},"operations":${row.operations}}`;
      bytes += json.length;
      if (transactions.length > 0 && bytes > BATCH_BYTES) break;
      transactions.push({ n: Number(row.n), json });
    }
    this.#sentUpTo = Math.max(this.#sentUpTo, transactions.at(-1)!.n);
    const head = {
      protocol: PROTOCOL,
      clientId: client_id,
      serverId: server_id,
      mark: epoch === null ? null : { epoch, version: epoch_version },
      acknowledged: Number(acknowledged),
    };
    return { head, transactions };
  }

  async #send(batch: Batch): Promise<void> {
    const head = JSON.stringify(batch.head);
    const body = `${head.slice(0, -1)},"transactions":[${batch.transactions.map((t) => t.json).join(',')}]}`;
    // A string of JavaScript counts UTF-16 units; the limit is in bytes of UTF-8.
    if (batch.transactions.length === 1 && new TextEncoder().encode(body).byteLength > limits.bodyBytes) {
      return await this.#refuse(batch, 'too-large');
    }
    const sentAt = Date.now();
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await this.link.patiently('/api/write', { method: 'POST', headers, body });
      const answered = writeResponse.safeParse(await readJson(response));
      // A hotel's sign-in page answers 200 as well.
      if (!answered.success) {
        this.events.problem(syncProblem('unreadable'));
        return await this.#rest();
      }
      this.link.heard();
      await this.#store(answered.data, { sentAt, heardAt: Date.now() }, batch);
      this.#failures = 0;
      this.events.problem(null);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      await this.#failed(error, batch);
    }
  }

  async #store(response: WriteResponse, exchange: Exchange, batch: Batch): Promise<void> {
    const { serverId, mark, now } = response;
    const changes = await this.pg.transaction(async (tx) => {
      // It started over meanwhile: the counters are others, and everything is sent again under the new id.
      if (!(await isCurrent(tx, batch))) return wholly([]);
      await tx.query(
        `update sync.client set server_id = $1, epoch = $2, epoch_version = $3, offset_ms = $4, clock_ms = ${notAhead}`,
        [serverId, mark.epoch, mark.version, clockOffset(now, exchange)],
      );
      return await storeAnswers(tx, response.answers, response.lsn);
    });
    await this.flush();
    this.events.changed(new Map([...wholly(['outbox', 'incoming']), ...changes]));
  }

  /** A request that will never be accepted is narrowed down to the transaction it is about; that one is refused. */
  async #failed(error: LinkError, batch: Batch): Promise<void> {
    switch (error.kind) {
      case 'fork':
      case 'gap':
        if (error.detail.serverId === undefined) await this.#startOver(batch);
        else {
          this.#take('stranger');
          this.events.stranger();
        }
        return;
      case 'malformed':
      case 'too-large':
        if (batch.transactions.length > 1) {
          await this.#send({ ...batch, transactions: batch.transactions.slice(0, 1) });
        } else {
          await this.#refuse(batch, error.kind === 'too-large' ? 'too-large' : 'invalid');
        }
        return;
      default:
        this.events.problem(problemOf(error));
        await this.#rest();
    }
  }

  /** The server does not know this device's counter, or knows it for other content. */
  async #startOver(batch: Batch): Promise<void> {
    await this.#inTurn(() =>
      this.pg.transaction(async (tx) => {
        if (await isCurrent(tx, batch)) await renumber(tx);
      }),
    );
    await this.flush();
    this.events.changed(wholly(['outbox']));
  }

  /** The device's own verdict on a batch of one that cannot be sent. Its counter is taken by the ones behind it. */
  async #refuse(batch: Batch, kind: RefusalKind): Promise<void> {
    const { n } = batch.transactions[0]!;
    const refuse = async (tx: Transaction) => {
      if (!(await isCurrent(tx, batch))) return wholly([]);
      const { rows } = await tx.query<{ count: string }>('select count(*) from sync.outbox where n = $1', [
        n,
      ]);
      const verdict = {
        status: 'refused' as const,
        kind,
        rule: null,
        sentence: refusalSentence(kind, null, this.sentences),
      };
      const verdicts = Array.from({ length: Number(rows[0]!.count) }, () => verdict);
      const changed = await storeAnswers(tx, [{ n, verdicts }], '0');
      await tx.query('update sync.outbox set n = n - 1 where verdict is null and n > $1', [n]);
      await tx.query('update sync.request set n = n - 1 where n > $1', [n]);
      await tx.query('update sync.client set next_n = next_n - 1, acknowledged = $1, current_xid = null', [
        n - 1,
      ]);
      return changed;
    };
    const changes = await this.#inTurn(() => this.pg.transaction(refuse));
    await this.flush();
    this.events.changed(new Map([...changes, ...wholly(['outbox'])]));
  }
}

/** @returns whether the counters are still those that the batch was made with */
async function isCurrent(tx: Transaction, batch: Batch): Promise<boolean> {
  const { rows } = await tx.query<{ client_id: string }>('select client_id from sync.client');
  return rows[0]!.client_id === batch.head.clientId;
}

/** @returns what changed; of the outbox, the rows whose marks may have */
async function storeAnswers(tx: Transaction, answers: readonly Answer[], lsn: string): Promise<Changes> {
  if (answers.length === 0) return wholly([]);
  const marked = await tx.query<{ id: string }>(
    'select distinct row_id as id from sync.outbox where n = any($1::bigint[])',
    [answers.map(({ n }) => n)],
  );
  const { rows } = await tx.query<{ answer: string }>('select sync.answer($1, $2)', [
    JSON.stringify(answers),
    lsn,
  ]);
  const notes = await takeNotes(tx);
  const isRefused = answers.some(({ verdicts }) => verdicts.some(({ status }) => status === 'refused'));
  const tables = new Set([...rows.map(({ answer }) => answer), ...Object.keys(notes)]);
  return new Map([
    ...[...tables].map((table) => [table, noted(notes, table)] as const),
    ...wholly(isRefused ? ['refused'] : []),
    ['outbox', { columns: null, ids: new Set(marked.rows.map(({ id }) => id)) }],
  ]);
}
