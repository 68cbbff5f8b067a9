// The connection to Postgres over time: connects, streams into the registry, watches the catalog, and starts again
// whenever the stream ends. Shapes are usable only while it is active.
import type { Pool } from 'pg';
import { CatalogWatch } from './catalog-watch';
import { openPool } from './connection';
import { ensurePublication, openPublication, type Publication } from './publication';
import type { Registry } from './registry';
import { openReplication, type ReplicationStream } from './replication';

/** `starting`: never connected yet; `waiting`: was connected, Postgres is away now. */
export type SourceState = 'starting' | 'waiting' | 'active' | 'closed';

export type Logger = (level: 'info' | 'warn' | 'error', sentence: string, error?: unknown) => void;

export interface SourceOptions {
  readonly databaseUrl: string;
  readonly publication: string;
  readonly poolSize: number;
  /** How often the catalog is asked whether a table of a shape has changed, in ms. */
  readonly catalogEvery: number;
  readonly registry: Registry;
  readonly logger: Logger;
}

const firstRetry = 100;
const longestRetry = 2_000;

export class Source {
  state: SourceState = 'starting';
  readonly pool: Pool;
  /** Of its own, so that evaluation never waits for a snapshot. */
  readonly evaluationPool: Pool;
  private publication: Publication | undefined;
  private stream: ReplicationStream | undefined;
  private readonly waiting = new Set<() => void>();
  private watch: CatalogWatch | undefined;
  private readonly closing = new AbortController();
  private readonly loop: Promise<void>;

  constructor(private readonly options: SourceOptions) {
    this.pool = openPool(options.databaseUrl, options.poolSize);
    this.evaluationPool = openPool(options.databaseUrl, 2);
    this.loop = this.run();
  }

  /** Of the stream that is running. Only while active. */
  get published(): Publication {
    if (!this.publication) throw new Error('the shape server is not connected to Postgres');
    return this.publication;
  }

  /** Resolves with true as soon as the source is active, with false after `timeout` ms or an abort. */
  ready(timeout: number, signal?: AbortSignal): Promise<boolean> {
    if (this.state === 'active') return Promise.resolve(true);
    if (this.closing.signal.aborted || signal?.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        this.waiting.delete(finish);
        resolve(this.state === 'active');
      };
      const timer = setTimeout(finish, timeout);
      signal?.addEventListener('abort', finish);
      this.waiting.add(finish);
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.enter('closed');
    this.options.registry.dropAll('stream');
    await this.loop;
    await Promise.allSettled([this.pool.end(), this.evaluationPool.end()]);
  }

  /** Stops reading the stream, or goes on. */
  hold(hold: boolean): void {
    if (hold) this.stream?.pause();
    else this.stream?.resume();
  }

  /** The stream hints at a changed table: the catalog is asked at once. */
  checkCatalogNow(): void {
    this.watch?.hurry();
  }

  private async run(): Promise<void> {
    let retry = firstRetry;
    while (!this.closing.signal.aborted) {
      try {
        const reason = await this.session(() => {
          retry = firstRetry;
        });
        this.report('The replication stream ended; reconnecting.', reason);
      } catch (error) {
        this.report('Postgres cannot be reached; trying again.', error);
      }
      if (this.isActive()) this.enter('waiting');
      await this.pause(retry);
      retry = Math.min(retry * 2, longestRetry);
    }
  }

  /** One connection from beginning to end; resolves with the reason why it ended. */
  private async session(connected: () => void): Promise<Error> {
    const { databaseUrl, publication, registry, catalogEvery, logger } = this.options;
    await ensurePublication(this.pool, publication);
    const stream = await openReplication(databaseUrl, publication, this.closing.signal);
    try {
      this.publication = await openPublication(this.pool, publication);
      registry.restart(stream.systemId, stream.start);
      registry.feed.expect(this.publication.streamed);
      this.stream = stream;
      this.watch = new CatalogWatch({
        pool: this.pool,
        registry,
        publication: this.publication,
        every: catalogEvery,
        failed: (error) => this.report('The catalog could not be read.', error),
        lost: () => stream.close(new Error(`the publication ${publication} is gone`)),
      });
      stream.run(registry.feed, () => registry.progress.acknowledged);
      this.closing.signal.throwIfAborted();
      connected();
      this.enter('active');
      logger('info', 'Connected to Postgres; shapes are served.');
      return await stream.ended;
    } finally {
      this.watch?.stop();
      this.watch = undefined;
      this.stream = undefined;
      stream.close(new Error('closed'));
    }
  }

  private isActive(): boolean {
    return this.state === 'active';
  }

  private report(sentence: string, error: unknown): void {
    if (!this.closing.signal.aborted) this.options.logger('warn', sentence, error);
  }

  private enter(state: SourceState): void {
    this.state = state;
    for (const finish of [...this.waiting]) finish();
  }

  /** Ends early when the source is closed. */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.closing.signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      this.closing.signal.addEventListener('abort', finish);
      if (this.closing.signal.aborted) finish();
    });
  }
}
