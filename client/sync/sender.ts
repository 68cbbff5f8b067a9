// Sends local transactions in order, one request at a time, until nothing is left: of the device's database (outbox.ts) and
// of light mode's small store (light/outbox.ts). What waits, and what becomes of it, is kept by those; a request may be
// repeated at any time, because the server counts each client's transactions (W2).
import {
  limits,
  type RefusalKind,
  type WriteRequest,
  type WriteResponse,
  writeResponse,
} from '../../db/sync/wire';
import { type Link, LinkError, readJson } from './link';
import type { Exchange } from './start-over';
import { isUnderWay, type SendingEvent, type SendingState, sendingTable } from './states';
import { problemOf, type SyncProblem, syncProblem } from './sync-problem';

/** Bytes of one request, so that a slow line gets answers now and then. A larger single transaction goes alone. */
const BATCH_BYTES = 256_000;
export const BATCH_TRANSACTIONS = 200;

/** What one request carries. */
export interface Batch {
  /** What a request says beside its transactions. */
  readonly head: Omit<WriteRequest, 'transactions'>;
  /** JSON of each transaction, with its counter. */
  readonly transactions: readonly BatchTransaction[];
}

export interface BatchTransaction {
  readonly n: number;
  readonly json: string;
}

/** @returns those at the beginning that fit into one request, but at least one where there is one */
export function fitting(transactions: readonly BatchTransaction[]): BatchTransaction[] {
  let bytes = 0;
  const end = transactions.findIndex(({ json }, i) => {
    bytes += json.length;
    return i > 0 && bytes > BATCH_BYTES;
  });
  return transactions.slice(0, Math.min(end < 0 ? transactions.length : end, BATCH_TRANSACTIONS));
}

/** Where what is to be sent is kept. Each method has stored what it does when it resolves. */
export interface SendingStore {
  /** The next to send: unanswered transactions from the first one on. null: there is nothing. */
  next(): Promise<Batch | null>;
  /** The server has answered; the answers are of some of the batch, from its beginning. */
  answered(response: WriteResponse, exchange: Exchange, batch: Batch): Promise<void>;
  /** A batch of one that the server will never accept: the device's own verdict. Its counter is taken by those behind it. */
  refuse(batch: Batch, kind: RefusalKind): Promise<void>;
  /** The server does not know this client's counter, or knows it for other content: a new client, and new counters. */
  startOver(batch: Batch): Promise<void>;
}

export interface SenderEvents {
  /** The server is another database than this device knew, or an older copy of it: its session says more. */
  stranger(): void;
  sending(is: boolean): void;
  problem(problem: SyncProblem | null): void;
  /** The store failed; the next wake-up tries again. Absent: the error is thrown where nobody waits for it. */
  failed?(error: unknown): void;
}

export class Sender {
  #state: SendingState = 'unmet';
  /** The pass that is under way; at most one. */
  #running: Promise<void> | null = null;
  /** Requests in a row that were not answered as they should be. */
  #failures = 0;
  #end = new AbortController();

  constructor(
    private readonly link: Link,
    private readonly store: SendingStore,
    private readonly events: SenderEvents,
  ) {}

  /** The server has said which database it is: what waits is sent to it. */
  met(): void {
    this.#take('met');
  }

  /** There may be something to send. */
  wake(): void {
    this.#take('woken');
  }

  /** Resolves when no request is under way any more. */
  async close(): Promise<void> {
    this.#take('close');
    this.#end.abort();
    await this.#running?.catch(() => {});
  }

  #take(event: SendingEvent): void {
    this.#state = sendingTable[this.#state][event];
    if (isUnderWay(this.#state)) this.#running ??= this.#pass();
  }

  /** Looks for something to send and sends it, until nothing is left or it may not go on. */
  async #pass(): Promise<void> {
    try {
      while (isUnderWay(this.#state)) {
        const batch = await this.store.next();
        if (batch === null) {
          this.#take('emptied');
          continue;
        }
        this.events.sending(true);
        await this.#send(batch);
      }
    } catch (error) {
      this.#take('broke');
      if (!this.events.failed) throw error;
      this.events.failed(error);
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

  async #send(batch: Batch): Promise<void> {
    const head = JSON.stringify(batch.head);
    const body = `${head.slice(0, -1)},"transactions":[${batch.transactions.map((t) => t.json).join(',')}]}`;
    // A string of JavaScript counts UTF-16 units; the limit is in bytes of UTF-8.
    if (batch.transactions.length === 1 && new TextEncoder().encode(body).byteLength > limits.bodyBytes) {
      return await this.store.refuse(batch, 'too-large');
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
      await this.store.answered(answered.data, { sentAt, heardAt: Date.now() }, batch);
      this.#failures = 0;
      this.events.problem(null);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      await this.#failed(error, batch);
    }
  }

  /** A request that will never be accepted is narrowed down to the transaction it is about; that one is refused. */
  async #failed(error: LinkError, batch: Batch): Promise<void> {
    switch (error.kind) {
      case 'fork':
      case 'gap':
        if (error.detail.serverId === undefined) await this.store.startOver(batch);
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
          await this.store.refuse(batch, error.kind === 'too-large' ? 'too-large' : 'invalid');
        }
        return;
      default:
        this.events.problem(problemOf(error));
        await this.#rest();
    }
  }
}
