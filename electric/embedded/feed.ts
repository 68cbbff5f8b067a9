// Takes the stream's messages apart: transaction by transaction, each row change to the shapes it may concern.
// A shape's readers see a transaction only when it is complete.
import { transactionHeaders } from './change-json';
import { type EvaluationQueue, encodeChange } from './evaluation';
import { OpenTransaction } from './open-transaction';
import type { Relation, Value } from './pgoutput';
import type { Lsn } from './position';
import type { Verdict } from './predicate';
import type { Progress } from './progress';
import type { ReplicationHandler } from './replication';
import { RelationRoutes } from './routes';
import type { DropReason, Shape, StreamedTransaction } from './shape';
import { SharedSegments } from './shared-segments';

export interface FeedOptions {
  readonly progress: Progress;
  readonly drop: (shape: Shape, reason: DropReason) => void;
  /** The queue of a shape whose where clause TypeScript cannot decide alone. */
  readonly queueOf: (shape: Shape) => EvaluationQueue | undefined;
  /** The shape's memory has changed. */
  readonly resized: (shape: Shape) => void;
  /** A table that was known is described anew: it may have changed. */
  readonly redescribed: () => void;
}

const noTransaction: StreamedTransaction = { number: 0, xid: 0, lsn: 0n, shown: 0n, headers: { json: '' } };

/** What the current transaction means for one shape. */
interface Part {
  readonly accepted: boolean;
  readonly queue: EvaluationQueue | undefined;
  readonly open: OpenTransaction;
}

export class Feed implements ReplicationHandler {
  /** By the relation that rows lie in. */
  private readonly routes = new Map<number, RelationRoutes>();
  /** Relations that were published when the stream began, or are known to be since. */
  private readonly expected = new Set<number>();
  private readonly relations = new Map<number, Relation>();
  private transaction = noTransaction;
  private op = 0;
  private readonly parts = new Map<Shape, Part>();
  private readonly truncated = new Set<Shape>();
  private readonly shared = new SharedSegments();

  constructor(private readonly options: FeedOptions) {}

  /** Number of the transaction the stream is in, or of the last one. */
  get transactionNumber(): number {
    return this.transaction.number;
  }

  /** Bytes of the current transaction's part for the shape. */
  openBytes(shape: Shape): number {
    return this.parts.get(shape)?.open.bytes ?? 0;
  }

  /** A new stream begins: relations will be described again, and what was under way is lost. */
  restart(): void {
    this.relations.clear();
    this.routes.clear();
    this.expected.clear();
    this.parts.clear();
    this.truncated.clear();
    this.shared.clear();
  }

  /** The stream may send rows of these. */
  expect(oids: Iterable<number>): void {
    for (const oid of oids) this.expected.add(oid);
  }

  addShape(shape: Shape): void {
    for (const { oid } of shape.definition.table.parts) {
      let routes = this.routes.get(oid);
      if (!routes) {
        routes = new RelationRoutes(oid, this.relations.get(oid));
        this.routes.set(oid, routes);
      }
      routes.add(shape);
    }
  }

  removeShape(shape: Shape): void {
    for (const { oid } of shape.definition.table.parts) {
      const routes = this.routes.get(oid);
      routes?.remove(shape);
      if (routes?.shapes.size === 0) this.routes.delete(oid);
    }
    this.parts.delete(shape);
    this.truncated.delete(shape);
  }

  begin(xid: number, lsn: Lsn): void {
    const { progress } = this.options;
    const shown = progress.shown(lsn);
    const number = this.transaction.number + 1;
    this.transaction = { number, xid, lsn, shown, headers: transactionHeaders(shown, xid) };
    this.op = -2;
    progress.begin();
  }

  commit(_lsn: Lsn, endLsn: Lsn): void {
    const { transaction } = this;
    const { progress, drop, resized } = this.options;
    const grown: Shape[] = [];
    const parts = [...this.parts];
    this.parts.clear();
    for (const [shape, { accepted, queue, open }] of parts) {
      if (!accepted) continue;
      if (queue) queue.commit(transaction);
      else if (shape.append(transaction, open.finish())) grown.push(shape);
      resized(shape);
    }
    this.shared.clear();
    for (const shape of [...this.truncated]) drop(shape, 'truncate');
    this.truncated.clear();
    progress.commit(transaction.xid, transaction.lsn, endLsn);
    for (const shape of grown) shape.waiters.wake('changed');
  }

  keepalive(walEnd: Lsn): void {
    this.options.progress.keepalive(walEnd);
  }

  relation(relation: Relation): void {
    const known = this.relations.has(relation.id);
    this.relations.set(relation.id, relation);
    const misfits = this.routes.get(relation.id)?.setRelation(relation) ?? [];
    for (const shape of misfits) this.options.drop(shape, 'schema');
    if (known) this.options.redescribed();
    else if (!this.routes.has(relation.id) && !this.expected.has(relation.id)) this.newcomer();
  }

  /** A relation that nobody knew: a new partition, perhaps of a table that is followed. Its rows must not be missed. */
  private newcomer(): void {
    const shapes = new Set([...this.routes.values()].flatMap((routes) => [...routes.shapes]));
    for (const shape of shapes) if (shape.definition.table.partitioned) this.options.drop(shape, 'schema');
    this.options.redescribed();
  }

  wants(relationId: number): boolean {
    return this.routes.has(relationId);
  }

  operation(): void {
    this.op += 2;
  }

  insert(relationId: number, row: Value[]): void {
    this.change(relationId, undefined, row);
  }

  update(relationId: number, old: Value[] | undefined, row: Value[]): void {
    if (old) this.change(relationId, old, row);
    else this.lose(relationId);
  }

  remove(relationId: number, old: Value[], complete: boolean): void {
    if (complete) this.change(relationId, old, undefined);
    else this.lose(relationId);
  }

  truncate(relationIds: readonly number[]): void {
    for (const id of relationIds) {
      for (const shape of this.routes.get(id)?.shapes ?? []) {
        if (shape.accepts(this.transaction)) this.truncated.add(shape);
      }
    }
  }

  private change(
    relationId: number,
    old: readonly Value[] | undefined,
    row: readonly Value[] | undefined,
  ): void {
    const { transaction, op } = this;
    this.routes.get(relationId)?.forEach(old, row, (shape, binding) => {
      const part = this.partOf(shape);
      if (!part.accepted) return;
      if (!binding) return this.options.drop(shape, 'schema');
      const { test } = binding;
      const judge = (side: readonly Value[] | undefined): Verdict =>
        side !== undefined && (test === null || test(side));
      const before = judge(old);
      const after = judge(row);
      if (part.queue) {
        if (before || after || before === undefined || after === undefined) {
          part.queue.add({ op, old, row, before, after }, binding, transaction);
        }
      } else {
        const messages = encodeChange(
          binding,
          { op, old, row },
          before === true,
          after === true,
          transaction,
        );
        if (part.open.add(messages)) this.options.resized(shape);
      }
    });
  }

  private partOf(shape: Shape): Part {
    let part = this.parts.get(shape);
    if (!part) {
      part = {
        accepted: shape.accepts(this.transaction),
        queue: this.options.queueOf(shape),
        open: new OpenTransaction(this.transaction.shown, shape.chunkBytes, this.shared),
      };
      this.parts.set(shape, part);
    }
    return part;
  }

  /** The table no longer has REPLICA IDENTITY FULL, so its changes cannot be followed. */
  private lose(relationId: number): void {
    for (const shape of [...(this.routes.get(relationId)?.shapes ?? [])]) this.options.drop(shape, 'schema');
  }
}
