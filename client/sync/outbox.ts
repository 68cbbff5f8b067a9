// The unsent local transactions of the database, sent in order (sender.ts), and what the server says of them. What it has
// not answered stays in sync.outbox (W1); what it repeats or refuses to repeat is decided by the counter (W2).
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import { refusalSentence } from '../../db/sync/rules';
import type { Schema } from '../../db/sync/schema';
import {
  type Answer,
  PROTOCOL,
  type RefusalKind,
  type SessionAnswer,
  type WriteResponse,
} from '../../db/sync/wire';
import type { Link } from './link';
import { type Changes, wholly } from './live-queries';
import { noted, takeNotes } from './notes';
import {
  BATCH_TRANSACTIONS,
  type Batch,
  fitting,
  Sender,
  type SenderEvents,
  type SendingStore,
} from './sender';
import { clockOffset, type Exchange, meet, notAhead, renumber } from './start-over';

export interface OutboxEvents extends SenderEvents {
  /** Committed and flushed. */
  changed(changes: Changes): void;
}

export class Outbox implements SendingStore {
  readonly #sender: Sender;
  /** The last counter that a request may have carried; of what an earlier engine did, nothing is known. */
  #sentUpTo = Number.POSITIVE_INFINITY;
  /** What reads counters and what moves them take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pg: PGliteInterface,
    link: Link,
    private readonly flush: () => Promise<void>,
    private readonly events: OutboxEvents,
    private readonly sentences: Schema['sentences'],
  ) {
    this.#sender = new Sender(link, this, events);
  }

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
    this.#sender.met();
    return restored;
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  /** There may be something to send. */
  wake(): void {
    this.#sender.wake();
  }

  async close(): Promise<void> {
    await this.#sender.close();
    await this.#turn;
  }

  async next(): Promise<Batch | null> {
    return await this.#inTurn(() => this.#next());
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
    const transactions = fitting(
      rows.map((row) => ({ n: Number(row.n), json: `{"n":${row.n},"operations":${row.operations}}` })),
    );
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

  async answered(response: WriteResponse, exchange: Exchange, batch: Batch): Promise<void> {
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

  /** The server does not know this device's counter, or knows it for other content. */
  async startOver(batch: Batch): Promise<void> {
    await this.#inTurn(() =>
      this.pg.transaction(async (tx) => {
        if (await isCurrent(tx, batch)) await renumber(tx);
      }),
    );
    await this.flush();
    this.events.changed(wholly(['outbox']));
  }

  /** The device's own verdict on a batch of one that cannot be sent. Its counter is taken by the ones behind it. */
  async refuse(batch: Batch, kind: RefusalKind): Promise<void> {
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
