// All shapes of one server: found by definition and by handle, fed from the stream, evicted when memory runs
// short. Everything here runs to completion without waiting, so a reader never sees half a transaction.
import { createHash } from 'node:crypto';
import { transactionHeaders } from './change-json';
import { Epoch } from './epoch';
import type { Relation, Value } from './pgoutput';
import type { Lsn } from './position';
import type { ReplicationHandler } from './replication';
import { TableRoutes } from './routes';
import { type DropReason, Shape, type ShapeDefinition, type StreamedTransaction } from './shape';
import { isVisible, type PgSnapshot } from './visibility';

export interface RegistryOptions {
  readonly chunkBytes: number;
  /** Bytes that all snapshots and logs together may take. */
  readonly capBytes: number;
  /** Called with a shape that was just registered; it must get its snapshot. */
  readonly start: (shape: Shape) => void;
  readonly onDrop: (shape: Shape, reason: DropReason) => void;
}

const noTransaction: StreamedTransaction = {
  number: 0,
  xid: 0,
  lsn: 0n,
  shown: 0n,
  headers: { json: '' },
};

export class Registry implements ReplicationHandler {
  private readonly byKey = new Map<string, Shape>();
  private readonly byHandle = new Map<string, Shape>();
  private readonly routes = new Map<number, TableRoutes>();
  private readonly relations = new Map<number, Relation>();
  private readonly epoch = new Epoch();
  private transaction = noTransaction;
  private inTransaction = false;
  private op = 0;
  private readonly touched = new Set<Shape>();
  private readonly truncated = new Set<Shape>();
  /** 32-bit ids of transactions that have passed and may not be visible to everyone yet. */
  private passed: number[] = [];
  /** Postgres may forget what lies before this. */
  private processed: Lsn = 0n;
  /** Every transaction whose commit lies at or before this is in the logs. Postgres's position. */
  private settled: Lsn = 0n;
  private readonly boundary: (() => void)[] = [];
  private totalBytes = 0;
  private readonly sizes = new Map<Shape, number>();
  private lastHandleTime = 0;

  constructor(private readonly options: RegistryOptions) {}

  get shapes(): Iterable<Shape> {
    return this.byHandle.values();
  }

  get count(): number {
    return this.byHandle.size;
  }

  get bytes(): number {
    return this.totalBytes;
  }

  /** The position up to which every shape's log is complete, as clients are told it. */
  get lsn(): Lsn {
    return this.epoch.report(this.epoch.shown(this.settled));
  }

  /** Postgres may forget what lies before this. */
  get acknowledged(): Lsn {
    return this.processed;
  }

  /** What clients are told for a position that a query of its own has seen. */
  shown(lsn: Lsn): Lsn {
    return this.epoch.shown(lsn);
  }

  find(handle: string): Shape | undefined {
    return this.byHandle.get(handle);
  }

  findByKey(key: string): Shape | undefined {
    return this.byKey.get(key);
  }

  /** The shape of this definition; registered, and its snapshot started, when there is none. */
  obtain(definition: ShapeDefinition): Shape {
    const existing = this.byKey.get(definition.key);
    if (existing) return existing;
    const shape = new Shape(
      this.newHandle(definition.key),
      definition,
      this.transaction.number,
      this.options.chunkBytes,
      (resized) => this.resized(resized),
    );
    this.byKey.set(definition.key, shape);
    this.byHandle.set(shape.handle, shape);
    let routes = this.routes.get(definition.table.oid);
    if (!routes) {
      routes = new TableRoutes();
      const relation = this.relations.get(definition.table.oid);
      if (relation) routes.setRelation(relation);
      this.routes.set(definition.table.oid, routes);
    }
    this.resized(shape);
    if (routes.add(shape)) this.options.start(shape);
    else this.drop(shape, 'schema');
    return shape;
  }

  drop(shape: Shape, reason: DropReason, failure?: unknown): void {
    if (this.byHandle.get(shape.handle) !== shape) return;
    this.byHandle.delete(shape.handle);
    if (this.byKey.get(shape.definition.key) === shape) this.byKey.delete(shape.definition.key);
    const { oid } = shape.definition.table;
    const routes = this.routes.get(oid);
    routes?.remove(shape);
    if (routes?.shapes.size === 0) this.routes.delete(oid);
    shape.drop(reason, failure);
    this.totalBytes -= this.sizes.get(shape) ?? 0;
    this.sizes.delete(shape);
    this.options.onDrop(shape, reason);
  }

  dropTable(oid: number, reason: DropReason): void {
    for (const shape of [...(this.routes.get(oid)?.shapes ?? [])]) this.drop(shape, reason);
  }

  /** A new stream begins; whatever came between the last one and this one is unknown, so every shape ends. */
  beginStream(systemId: string, start: Lsn): void {
    for (const shape of [...this.byHandle.values()]) this.drop(shape, 'stream');
    this.relations.clear();
    this.passed = [];
    this.inTransaction = false;
    this.epoch.begin(systemId, start);
    this.processed = start;
    this.settled = start - 1n;
    this.atBoundary();
  }

  /** An unknown handle's offset: see Epoch.learn. Resolves when the positions reported lie above it. */
  async learn(claimed: Lsn): Promise<void> {
    if (claimed <= this.lsn) return;
    if (this.inTransaction) await new Promise<void>((resolve) => this.boundary.push(resolve));
    this.epoch.learn(claimed);
  }

  /**
   * Whether a snapshot can be stitched to the stream: false while it lacks a transaction that has passed already,
   * which can happen because Postgres streams a commit shortly before it shows it.
   */
  isComplete(snapshot: PgSnapshot): boolean {
    this.forgetPassed(snapshot);
    return this.passed.length === 0;
  }

  /** Forgets the transactions that everyone sees by now. */
  forgetPassed(snapshot: PgSnapshot): void {
    this.passed = this.passed.filter((xid) => !isVisible(xid, snapshot));
  }

  begin(xid: number, lsn: Lsn): void {
    const shown = this.epoch.shown(lsn);
    const number = this.transaction.number + 1;
    this.transaction = { number, xid, lsn, shown, headers: transactionHeaders(shown, xid) };
    this.inTransaction = true;
    this.op = -2;
  }

  commit(_lsn: Lsn, endLsn: Lsn): void {
    const { transaction } = this;
    const changed: Shape[] = [];
    for (const shape of this.touched) if (shape.commit(transaction)) changed.push(shape);
    for (const shape of this.truncated) this.drop(shape, 'truncate');
    this.touched.clear();
    this.truncated.clear();
    this.passed.push(transaction.xid);
    this.inTransaction = false;
    this.advance(transaction.lsn, endLsn);
    for (const shape of changed) shape.wake('changed');
    this.atBoundary();
  }

  keepalive(walEnd: Lsn): void {
    // The next commit record may begin exactly at walEnd, so only what lies before it is settled.
    if (!this.inTransaction) this.advance(walEnd - 1n, walEnd);
  }

  relation(relation: Relation): void {
    this.relations.set(relation.id, relation);
    const misfits = this.routes.get(relation.id)?.setRelation(relation) ?? [];
    for (const shape of misfits) this.drop(shape, 'schema');
  }

  wants(relationId: number): boolean {
    return this.routes.has(relationId);
  }

  operation(): void {
    this.op += 2;
  }

  insert(relationId: number, row: Value[]): void {
    const { transaction, op } = this;
    this.routes.get(relationId)?.forEach(undefined, row, (shape) => {
      if (!this.enter(shape)) return;
      const { codec, test } = shape.binding!;
      if (!test || test(row) === true) shape.add([codec.insert(row, op, transaction.headers)], transaction);
    });
  }

  update(relationId: number, old: Value[] | undefined, row: Value[]): void {
    if (!old) {
      this.dropTable(relationId, 'schema');
      return;
    }
    const { transaction, op } = this;
    const { headers } = transaction;
    this.routes.get(relationId)?.forEach(old, row, (shape) => {
      if (!this.enter(shape)) return;
      const { codec, test } = shape.binding!;
      const before = !test || test(old) === true;
      const after = !test || test(row) === true;
      if (before && after) shape.add(codec.update(old, row, op, headers), transaction);
      else if (before) shape.add([codec.remove(old, op, headers)], transaction);
      else if (after) shape.add([codec.insert(row, op, headers)], transaction);
    });
  }

  remove(relationId: number, old: Value[], complete: boolean): void {
    if (!complete) {
      this.dropTable(relationId, 'schema');
      return;
    }
    const { transaction, op } = this;
    this.routes.get(relationId)?.forEach(old, undefined, (shape) => {
      if (!this.enter(shape)) return;
      const { codec, test } = shape.binding!;
      if (!test || test(old) === true) shape.add([codec.remove(old, op, transaction.headers)], transaction);
    });
  }

  truncate(relationIds: readonly number[]): void {
    for (const id of relationIds) {
      for (const shape of this.routes.get(id)?.shapes ?? []) {
        if (shape.accepts(this.transaction)) this.truncated.add(shape);
      }
    }
  }

  private enter(shape: Shape): boolean {
    if (!shape.accepts(this.transaction)) return false;
    this.touched.add(shape);
    return true;
  }

  private advance(settled: Lsn, processed: Lsn): void {
    if (processed > this.processed) this.processed = processed;
    if (settled > this.settled) this.settled = settled;
  }

  private atBoundary(): void {
    for (const resolve of this.boundary.splice(0)) resolve();
  }

  private resized(shape: Shape): void {
    const before = this.sizes.get(shape);
    if (before === undefined && this.byHandle.get(shape.handle) !== shape) return;
    const now = shape.bytes;
    this.sizes.set(shape, now);
    this.totalBytes += now - (before ?? 0);
    if (this.totalBytes > this.options.capBytes) this.evict();
  }

  /** Drops shapes until the rest fits: first those without readers, the longest unused first. */
  private evict(): void {
    const candidates = [...this.byHandle.values()].sort(
      (a, b) => Number(a.readers > 0) - Number(b.readers > 0) || a.lastUsed - b.lastUsed,
    );
    for (const shape of candidates) {
      if (this.totalBytes <= this.options.capBytes) return;
      this.drop(shape, shape.bytes > this.options.capBytes ? 'too-large' : 'evicted');
    }
  }

  /** A hash of the definition and a time in microseconds that only moves forward. */
  private newHandle(key: string): string {
    const hash = createHash('sha256').update(key).digest().readUInt32BE(0);
    const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
    this.lastHandleTime = Math.max(now, this.lastHandleTime + 1);
    return `${hash}-${this.lastHandleTime}`;
  }
}
