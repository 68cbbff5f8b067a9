// All shapes of one server: found by definition and by handle, fed from the stream, given up when memory runs
// short.
import { createHash } from 'node:crypto';
import { EvaluationQueue, type EvaluationQueueOptions } from './evaluation';
import { Feed } from './feed';
import { Memory } from './memory';
import type { Value } from './pgoutput';
import type { Lsn } from './position';
import { isLocal } from './predicate';
import { Progress } from './progress';
import { type Binding, type DropReason, Shape, type ShapeDefinition } from './shape';

export interface RegistryOptions {
  readonly chunkBytes: number;
  /** Bytes that all snapshots and logs together may take. */
  readonly capBytes: number;
  /** Called with a shape that was just registered; it must get its snapshot. */
  readonly start: (shape: Shape) => void;
  readonly onDrop: (shape: Shape, reason: DropReason, failure: unknown) => void;
  /** Decides rows that TypeScript cannot. */
  readonly evaluate: (
    shape: Shape,
    binding: Binding,
    rows: readonly (readonly Value[])[],
  ) => Promise<boolean[]>;
  /** Rows wait for evaluation: the stream should be held up (true) or may go on (false). */
  readonly hold: (hold: boolean) => void;
  /** A table may have changed. */
  readonly redescribed: () => void;
}

/** The stream is held up while more than this many bytes of rows wait for evaluation. */
const mostWaiting = 16 * 1024 * 1024;

/** How long a shape that a client deleted is not made again, in ms. */
const restAfterDelete = 200;

export class Registry {
  readonly progress = new Progress();
  readonly feed: Feed;
  readonly memory: Memory;
  private readonly byKey = new Map<string, Shape>();
  private readonly byHandle = new Map<string, Shape>();
  private readonly queues = new Map<Shape, EvaluationQueue>();
  /** Shapes that a client deleted a moment ago, by key. */
  private readonly resting = new Map<string, Promise<void>>();
  private lastHandleTime = 0;
  private held = false;

  constructor(private readonly options: RegistryOptions) {
    this.memory = new Memory(options.capBytes);
    this.feed = new Feed({
      progress: this.progress,
      drop: (shape, reason) => this.drop(shape, reason),
      queueOf: (shape) => this.queues.get(shape),
      resized: (shape) => this.resized(shape),
      redescribed: options.redescribed,
    });
  }

  get shapes(): Iterable<Shape> {
    return this.byHandle.values();
  }

  get count(): number {
    return this.byHandle.size;
  }

  /** The position up to which the shape's log is complete, as clients are told it. */
  lsnOf(shape: Shape): Lsn {
    const from = this.queues.get(shape)?.waitingFrom;
    const { lsn } = this.progress;
    return from === undefined || from > lsn ? lsn : from - 1n;
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
      this.feed.transactionNumber,
      this.options.chunkBytes,
    );
    this.byKey.set(definition.key, shape);
    this.byHandle.set(shape.handle, shape);
    if (definition.predicate && !isLocal(definition.predicate.condition)) {
      this.queues.set(shape, new EvaluationQueue(shape, this.queueOptions()));
    }
    this.resized(shape);
    this.feed.addShape(shape);
    this.options.start(shape);
    return shape;
  }

  drop(shape: Shape, reason: DropReason, failure?: unknown): void {
    if (this.byHandle.get(shape.handle) !== shape) return;
    this.byHandle.delete(shape.handle);
    this.byKey.delete(shape.definition.key);
    this.queues.delete(shape);
    this.feed.removeShape(shape);
    this.memory.remove(shape);
    shape.drop(reason, failure);
    this.holdBack();
    this.options.onDrop(shape, reason, failure);
  }

  /**
   * Ends a shape because a client wants it to end. Who deletes a shape is often about to drop its table too, and
   * readers are quick to come back, so it is not to be made again at once: see `rest`.
   */
  remove(shape: Shape): void {
    const { key } = shape.definition;
    this.drop(shape, 'deleted');
    const rest = new Promise<void>((resolve) => setTimeout(resolve, restAfterDelete).unref()).then(() => {
      if (this.resting.get(key) === rest) this.resting.delete(key);
    });
    this.resting.set(key, rest);
  }

  /** Resolves when a shape of this definition may be made again; undefined when it may be now. */
  rest(key: string): Promise<void> | undefined {
    return this.resting.get(key);
  }

  dropAll(reason: DropReason): void {
    for (const shape of [...this.byHandle.values()]) this.drop(shape, reason);
  }

  /** A new stream begins; whatever came between the last one and this one is unknown, so every shape ends. */
  restart(systemId: string, start: Lsn): void {
    this.dropAll('stream');
    this.feed.restart();
    this.progress.restart(systemId, start);
    this.held = false;
  }

  /** The shape's memory has changed: gives up shapes until everything fits. */
  resized(shape: Shape): void {
    if (this.byHandle.get(shape.handle) !== shape) return;
    const waiting = this.queues.get(shape)?.bytes ?? 0;
    this.memory.set(shape, shape.bytes + waiting + this.feed.openBytes(shape));
    for (let next = this.memory.next(); next; next = this.memory.next()) {
      this.drop(next, next.log.snapshotBytes > this.memory.cap ? 'too-large' : 'evicted');
    }
  }

  private queueOptions(): EvaluationQueueOptions {
    return {
      evaluate: (shape, binding, rows) => this.options.evaluate(shape, binding, rows),
      appended: (shape) => shape.waiters.wake('changed'),
      failed: (shape, error) => this.drop(shape, 'failed', error),
      busy: (busy) => {
        if (busy) this.progress.evaluationStarted();
        else this.progress.evaluationEnded();
      },
      resized: (shape) => {
        this.resized(shape);
        this.holdBack();
      },
    };
  }

  private holdBack(): void {
    let waiting = 0;
    for (const queue of this.queues.values()) waiting += queue.bytes;
    const hold = this.held ? waiting > mostWaiting / 2 : waiting > mostWaiting;
    if (hold === this.held) return;
    this.held = hold;
    this.options.hold(hold);
  }

  /** A hash of the definition and a time in microseconds that only moves forward. */
  private newHandle(key: string): string {
    const hash = createHash('sha256').update(key).digest().readUInt32BE(0);
    const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
    this.lastHandleTime = Math.max(now, this.lastHandleTime + 1);
    return `${hash}-${this.lastHandleTime}`;
  }
}
