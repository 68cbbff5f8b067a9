// The connection to Postgres over time: connects, streams into the registry, watches the catalog, and starts again
// whenever the stream ends. Shapes are usable only while it is active.
import type { Pool } from 'pg';
import { describeTables } from './catalog';
import { openPool } from './connection';
import { parseLsn } from './position';
import { ensurePublication, openPublication, type Publication } from './publication';
import type { Registry } from './registry';
import { openReplication, type ReplicationStream } from './replication';
import { parsePgSnapshot } from './visibility';

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
  private publication: Publication | undefined;
  private stream: ReplicationStream | undefined;
  private readonly waiting = new Set<() => void>();
  private closing = false;
  private wakeUp: () => void = () => {};
  private readonly loop: Promise<void>;

  constructor(private readonly options: SourceOptions) {
    this.pool = openPool(options.databaseUrl, options.poolSize);
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
    if (this.closing || signal?.aborted) return Promise.resolve(false);
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
    this.closing = true;
    this.wakeUp();
    await this.stream?.close();
    await this.loop;
    this.enter('closed');
    await this.pool.end().catch(() => {});
  }

  private async run(): Promise<void> {
    let retry = firstRetry;
    while (!this.closing) {
      try {
        const reason = await this.session(() => {
          retry = firstRetry;
        });
        if (!this.closing) this.options.logger('warn', 'The replication stream ended; reconnecting.', reason);
      } catch (error) {
        if (!this.closing) this.options.logger('warn', 'Postgres cannot be reached; trying again.', error);
      }
      if (this.closing) return;
      if (this.state === 'active') this.enter('waiting');
      await this.pause(retry);
      retry = Math.min(retry * 2, longestRetry);
    }
  }

  /** One connection from beginning to end; resolves with the reason why it ended. */
  private async session(connected: () => void): Promise<Error> {
    const { databaseUrl, publication, registry, logger } = this.options;
    await ensurePublication(this.pool, publication);
    const stream = await openReplication(databaseUrl, publication);
    this.stream = stream;
    try {
      this.publication = await openPublication(this.pool, publication);
      registry.beginStream(stream.systemId, stream.start);
      stream.run({
        begin: (xid, lsn) => registry.begin(xid, lsn),
        commit: (lsn, endLsn) => {
          registry.commit(lsn, endLsn);
          stream.acknowledge(registry.acknowledged);
        },
        relation: (relation) => registry.relation(relation),
        wants: (id) => registry.wants(id),
        operation: () => registry.operation(),
        insert: (id, row) => registry.insert(id, row),
        update: (id, old, row) => registry.update(id, old, row),
        remove: (id, old, complete) => registry.remove(id, old, complete),
        truncate: (ids) => registry.truncate(ids),
        keepalive: (walEnd) => {
          registry.keepalive(walEnd);
          stream.acknowledge(registry.acknowledged);
        },
      });
      connected();
      this.enter('active');
      logger('info', 'Connected to Postgres; shapes are served.');
      const watching = this.watchCatalog(stream);
      const reason = await stream.ended;
      this.wakeUp();
      await watching;
      return reason;
    } finally {
      this.stream = undefined;
      await stream.close();
    }
  }

  /** Until the stream ends: drops shapes whose table has changed; the stream alone does not tell. */
  private async watchCatalog(stream: ReplicationStream): Promise<void> {
    let ended = false;
    void stream.ended.then(() => {
      ended = true;
      this.wakeUp();
    });
    while (!ended) {
      await this.pause(this.options.catalogEvery);
      if (ended) return;
      try {
        await this.compareCatalog();
      } catch (error) {
        this.options.logger('warn', 'The catalog could not be read.', error);
      }
    }
  }

  private async compareCatalog(): Promise<void> {
    const { registry } = this.options;
    const snapshot = await this.pool.query<{ text: string }>('select pg_current_snapshot()::text as text');
    registry.forgetPassed(parsePgSnapshot(snapshot.rows[0]!.text, parseLsn('0/0')));
    const shapes = [...registry.shapes];
    if (shapes.length === 0) return;
    const oids = [...new Set(shapes.map((shape) => shape.definition.table.oid))];
    const tables = new Map((await describeTables(this.pool, oids)).map((table) => [table.oid, table]));
    for (const shape of shapes) {
      const now = tables.get(shape.definition.table.oid);
      const same = now?.fingerprint === shape.definition.table.fingerprint && now.fullIdentity;
      if (!same && shape.state !== 'waiting') registry.drop(shape, 'schema');
    }
  }

  private enter(state: SourceState): void {
    this.state = state;
    for (const finish of [...this.waiting]) finish();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
