// Where clauses that TypeScript cannot decide: rows of the stream are put to Postgres, which evaluates the clause
// on the values themselves. Transactions come out in the order in which they went in.
import type { Pool } from 'pg';
import type { OpenMessage } from './change-json';
import { quoteName } from './connection';
import { OpenTransaction } from './open-transaction';
import type { Value } from './pgoutput';
import type { Lsn } from './position';
import type { Verdict } from './predicate';
import type { Binding, Shape, StreamedTransaction } from './shape';
import { SharedSegments } from './shared-segments';

/** A row change of which at least one side may be in the shape. */
export interface UndecidedChange {
  readonly op: number;
  readonly old: readonly Value[] | undefined;
  readonly row: readonly Value[] | undefined;
  /** Whether the old row was in the shape, as far as TypeScript can tell. */
  readonly before: Verdict;
  readonly after: Verdict;
}

interface Batch {
  readonly transaction: StreamedTransaction;
  /** All its changes are of one relation; undefined when there is none. */
  readonly binding: Binding | undefined;
  readonly changes: UndecidedChange[];
  bytes: number;
  /** The transaction ends here. */
  last: boolean;
}

/** A batch is put to Postgres when it is this big, even when its transaction goes on. */
const batchBytes = 2 * 1024 * 1024;

export interface EvaluationQueueOptions {
  /** Decides rows: true where the clause is true. */
  readonly evaluate: (
    shape: Shape,
    binding: Binding,
    rows: readonly (readonly Value[])[],
  ) => Promise<boolean[]>;
  /** The shape's log has grown. */
  readonly appended: (shape: Shape) => void;
  readonly failed: (shape: Shape, error: unknown) => void;
  /** Rows wait (true) or none does any more (false). */
  readonly busy: (busy: boolean) => void;
  /** `bytes` may have changed. */
  readonly resized: (shape: Shape) => void;
}

export class EvaluationQueue {
  private waitingBytes = 0;
  private collecting: Batch | undefined;
  private readonly batches: Batch[] = [];
  private building: { number: number; open: OpenTransaction } | undefined;
  private running = false;
  /** Position of the transaction that has been taken up and is not in the log yet. */
  private current: Lsn | undefined;

  constructor(
    private readonly shape: Shape,
    private readonly options: EvaluationQueueOptions,
  ) {}

  /** The log is complete only before this position; undefined when it is complete. */
  get waitingFrom(): Lsn | undefined {
    return this.current ?? this.batches[0]?.transaction.shown;
  }

  /** Bytes of rows that wait and of the transaction that is being put together. */
  get bytes(): number {
    return this.waitingBytes + (this.building?.open.bytes ?? 0);
  }

  add(change: UndecidedChange, binding: Binding, transaction: StreamedTransaction): void {
    let batch = this.collecting;
    if (batch?.transaction.number !== transaction.number || batch.binding !== binding) {
      if (batch?.transaction.number === transaction.number) this.enqueue(batch);
      batch = { transaction, binding, changes: [], bytes: 0, last: false };
      this.collecting = batch;
    }
    batch.changes.push(change);
    const bytes = rowBytes(change.old) + rowBytes(change.row);
    batch.bytes += bytes;
    this.waitingBytes += bytes;
    if (batch.bytes >= batchBytes) this.enqueue(batch);
  }

  /** The transaction is complete. */
  commit(transaction: StreamedTransaction): void {
    let batch = this.collecting;
    if (batch?.transaction.number !== transaction.number) {
      batch = { transaction, binding: undefined, changes: [], bytes: 0, last: true };
    }
    batch.last = true;
    this.enqueue(batch);
  }

  private enqueue(batch: Batch): void {
    this.collecting = undefined;
    this.batches.push(batch);
    this.options.resized(this.shape);
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    this.options.busy(true);
    try {
      for (let batch = this.batches.shift(); batch; batch = this.batches.shift()) {
        this.current = batch.transaction.shown;
        if (this.shape.state === 'dropped') break;
        await this.decide(batch);
      }
    } catch (error) {
      this.options.failed(this.shape, error);
    }
    this.batches.length = 0;
    this.running = false;
    this.options.busy(false);
  }

  private async decide(batch: Batch): Promise<void> {
    const rows: (readonly Value[])[] = [];
    for (const { old, row, before, after } of batch.changes) {
      if (before === undefined) rows.push(old!);
      if (after === undefined) rows.push(row!);
    }
    const { transaction, binding } = batch;
    const verdicts = rows.length > 0 ? await this.options.evaluate(this.shape, binding!, rows) : [];
    let next = 0;
    if (this.building?.number !== transaction.number) {
      const open = new OpenTransaction(transaction.shown, this.shape.chunkBytes, new SharedSegments());
      this.building = { number: transaction.number, open };
    }
    const { open } = this.building;
    for (const change of batch.changes) {
      const before = change.before === undefined ? verdicts[next++]! : change.before === true;
      const after = change.after === undefined ? verdicts[next++]! : change.after === true;
      open.add(encodeChange(binding!, change, before, after, transaction));
    }
    this.waitingBytes -= batch.bytes;
    if (batch.last) {
      this.building = undefined;
      // Before the readers hear of it: what they are told must include it.
      this.current = undefined;
      if (this.shape.append(transaction, open.finish())) this.options.appended(this.shape);
    }
    this.options.resized(this.shape);
  }
}

/** The messages for a row that was in the shape before, is in it after, or both. */
export function encodeChange(
  { codec }: Binding,
  change: Pick<UndecidedChange, 'op' | 'old' | 'row'>,
  before: boolean,
  after: boolean,
  { headers }: StreamedTransaction,
): readonly OpenMessage[] {
  const { op, old, row } = change;
  if (before && after) return codec.update(old!, row!, op, headers);
  if (before) return codec.remove(old!, op, headers);
  return after ? codec.insert(row!, op, headers) : [];
}

/**
 * Asks Postgres which rows satisfy the shape's where clause. The rows are given as values; no table is read.
 * @throws the error of pg
 */
export async function evaluateRows(
  pool: Pool,
  shape: Shape,
  binding: Binding,
  rows: readonly (readonly Value[])[],
): Promise<boolean[]> {
  const { table, predicate } = shape.definition;
  const used = table.columns.filter((column) => predicate!.columns.includes(column.name));
  const casts = used.map((column, i) => {
    const name = quoteName(column.name);
    const collation = column.collation === null ? '' : ` collate ${column.collation}`;
    return `v.c${i}::${column.sqlType}${collation} as ${name}`;
  });
  const lists = used.map((_, i) => `$${i + 2}::text[]`);
  // The clause stands in a query of its own, whose only names are the table's; the values' names are outside of it.
  const text = `select (select coalesce((${predicate!.sql}), false) from (select ${casts.join(', ')}) as ${quoteName(table.name)})
    from unnest(${['$1::int[]', ...lists].join(', ')}) as v(${['n', ...used.map((_, i) => `c${i}`)].join(', ')}) order by v.n`;
  const values = used.map(({ name }) => {
    const place = binding.places.get(name)!;
    return rows.map((row) => row[place] ?? null);
  });
  const result = await pool.query<[boolean]>({
    text,
    values: [rows.map((_, i) => i), ...values],
    rowMode: 'array',
  });
  return result.rows.map(([verdict]) => verdict);
}

function rowBytes(row: readonly Value[] | undefined): number {
  if (!row) return 0;
  let bytes = 64;
  for (const value of row) bytes += 16 + (value?.length ?? 0);
  return bytes;
}
