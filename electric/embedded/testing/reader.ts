// A strict reader of the shape protocol for tests: it materialises the rows and complains about everything that a
// lenient client would overlook, such as an insert of a row it has or a position that goes backwards.

export type Row = Readonly<Record<string, string | null>>;

export interface Message {
  readonly key?: string;
  readonly value?: Row;
  readonly old_value?: Row;
  readonly headers: {
    readonly operation?: 'insert' | 'update' | 'delete';
    readonly control?: 'up-to-date' | 'must-refetch' | 'snapshot-end';
    readonly lsn?: string;
    readonly op_position?: number;
    readonly txids?: readonly number[];
    readonly last?: boolean;
    readonly global_last_seen_lsn?: string;
    readonly xmin?: string;
    readonly xmax?: string;
    readonly xip_list?: readonly string[];
    readonly key_change_to?: string;
    readonly key_change_from?: string;
  };
}

export interface Snapshot {
  readonly xmin: bigint;
  readonly xmax: bigint;
  readonly running: readonly bigint[];
}

/** What the reader knew at one up-to-date. */
export interface Checkpoint {
  readonly rows: ReadonlyMap<string, Row>;
  readonly snapshot: Snapshot;
  readonly seen: ReadonlySet<number>;
  readonly lsn: bigint;
}

export interface ReaderOptions {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly params: Readonly<Record<string, string>>;
  readonly live?: 'poll' | 'events';
  readonly onUpToDate?: (checkpoint: Checkpoint) => void;
}

const base = 'http://shapes/v1/shape';

export class Reader {
  rows = new Map<string, Row>();
  handle: string | undefined;
  offset = '-1';
  /** The last up-to-date's position, over refetches too. */
  lsn = -1n;
  refetches = 0;
  /** Times that the server was not available. */
  outages = 0;
  private snapshot: Snapshot | undefined;
  private seen = new Set<number>();
  private upToDate = false;
  private position: readonly [bigint, number] = [0n, -1];
  private openTransaction: string | undefined;

  constructor(private readonly options: ReaderOptions) {}

  /** Follows the shape until the signal aborts. @throws Error at the first thing that is not right */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.step(signal);
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
    }
  }

  private async step(signal: AbortSignal): Promise<void> {
    const url = new URL(base);
    for (const [name, value] of Object.entries(this.options.params)) url.searchParams.set(name, value);
    url.searchParams.set('offset', this.offset);
    if (this.handle !== undefined && this.offset !== '-1') url.searchParams.set('handle', this.handle);
    const events = this.upToDate && this.options.live === 'events';
    if (this.upToDate) url.searchParams.set('live', 'true');
    if (events) url.searchParams.set('live_sse', 'true');
    const response = await this.options.fetch(new Request(url, { signal }));
    if (signal.aborted) return;
    if (response.status === 503) {
      this.outages++;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return;
    }
    if (response.status === 409) return this.startOver(response);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    this.readHeaders(response, events);
    if (events) await this.readEvents(response, signal);
    else this.apply(JSON.parse(await response.text()) as Message[]);
  }

  private startOver(response: Response): void {
    this.refetches++;
    this.handle = response.headers.get('electric-handle') ?? undefined;
    this.offset = '-1';
    this.rows = new Map();
    this.seen = new Set();
    this.snapshot = undefined;
    this.upToDate = false;
    this.position = [0n, -1];
    this.openTransaction = undefined;
  }

  private readHeaders(response: Response, events: boolean): void {
    const handle = response.headers.get('electric-handle');
    const offset = response.headers.get('electric-offset');
    if (!handle || !offset) throw new Error('handle or offset missing');
    if (this.handle !== undefined && this.offset !== '-1' && this.handle !== handle) {
      throw new Error('the handle changed without a refetch');
    }
    this.handle = handle;
    if (!events) this.offset = offset;
  }

  private async readEvents(response: Response, signal: AbortSignal): Promise<void> {
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) break;
      text += value;
      const events = text.split('\n\n');
      text = events.pop()!;
      const messages = events
        .filter((event) => event.startsWith('data: '))
        .map((event) => JSON.parse(event.slice(6)) as Message);
      this.apply(messages);
      for (const { headers } of messages) {
        if (headers.lsn !== undefined) this.offset = `${headers.lsn}_${headers.op_position}`;
      }
    }
    await reader.cancel();
  }

  private apply(messages: readonly Message[]): void {
    for (const message of messages) {
      const { control } = message.headers;
      if (control === 'snapshot-end') {
        this.snapshot = {
          xmin: BigInt(message.headers.xmin!),
          xmax: BigInt(message.headers.xmax!),
          running: message.headers.xip_list!.map(BigInt),
        };
      } else if (control === 'up-to-date') this.reached(BigInt(message.headers.global_last_seen_lsn!));
      else if (control === undefined) {
        this.upToDate = false;
        this.change(message);
      }
    }
  }

  private reached(lsn: bigint): void {
    if (lsn < this.lsn) throw new Error(`position went back from ${this.lsn} to ${lsn}`);
    if (this.openTransaction !== undefined) throw new Error('up to date in the middle of a transaction');
    if (lsn < this.position[0]) throw new Error(`up to date at ${lsn}, before the last change`);
    this.lsn = lsn;
    this.upToDate = true;
    this.options.onUpToDate?.({
      rows: new Map(this.rows),
      snapshot: this.snapshot!,
      seen: new Set(this.seen),
      lsn,
    });
  }

  private change({ key, value, old_value, headers }: Message): void {
    if (key === undefined || value === undefined) throw new Error('a change without key or value');
    if (headers.lsn !== undefined) this.order(headers);
    const had = this.rows.get(key);
    switch (headers.operation) {
      case 'insert':
        if (had) throw new Error(`insert of ${key}, which is there`);
        this.rows.set(key, value);
        break;
      case 'update':
        if (!had) throw new Error(`update of ${key}, which is not there`);
        for (const [name, old] of Object.entries(old_value ?? {})) {
          if (!sameText(had[name], old)) throw new Error(`old value of ${name} in ${key} is not what it was`);
        }
        this.rows.set(key, { ...had, ...value });
        break;
      case 'delete':
        if (!had) throw new Error(`delete of ${key}, which is not there`);
        this.rows.delete(key);
        break;
      default:
        throw new Error(`unknown operation ${headers.operation}`);
    }
  }

  private order(headers: Message['headers']): void {
    const lsn = BigInt(headers.lsn!);
    const op = headers.op_position!;
    const [lastLsn, lastOp] = this.position;
    if (lsn < lastLsn || (lsn === lastLsn && op <= lastOp)) {
      throw new Error(`position ${lsn}_${op} after ${lastLsn}_${lastOp}`);
    }
    if (lsn <= this.lsn) throw new Error(`change at ${lsn}, which was reported as passed (${this.lsn})`);
    if (this.openTransaction !== undefined && this.openTransaction !== headers.lsn) {
      throw new Error('a transaction has no last change');
    }
    this.openTransaction = headers.last ? undefined : headers.lsn;
    this.position = [lsn, op];
    for (const xid of headers.txids!) this.seen.add(xid);
  }
}

/** Booleans are `true` in snapshots and `t` in the log. */
function sameText(a: string | null | undefined, b: string | null): boolean {
  const names: Readonly<Record<string, string>> = { t: 'true', f: 'false' };
  const plain = (text: string | null | undefined) =>
    typeof text === 'string' ? (names[text] ?? text) : text;
  return plain(a) === plain(b);
}

/** Whether what the transaction did is among what the reader has seen. */
export function isKnown(xid: bigint, { snapshot, seen }: Checkpoint): boolean {
  if (seen.has(Number(BigInt.asUintN(32, xid)))) return true;
  if (xid < snapshot.xmin) return true;
  return xid < snapshot.xmax && !snapshot.running.includes(xid);
}
