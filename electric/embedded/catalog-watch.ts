// Asks the catalog from time to time whether the tables of the shapes are still what they were: DDL alone says
// nothing in the stream. A shape whose table changed is dropped.
import type { Pool } from 'pg';
import { canGoOn, describeTables } from './catalog';
import { publishedParts } from './parts';
import { parseLsn } from './position';
import type { Publication } from './publication';
import type { Registry } from './registry';
import { parsePgSnapshot } from './visibility';

export interface CatalogWatchOptions {
  readonly pool: Pool;
  readonly registry: Registry;
  readonly publication: Publication;
  /** ms between two looks. */
  readonly every: number;
  readonly failed: (error: unknown) => void;
  /** Somebody has dropped the publication: the stream carries nothing any more. */
  readonly lost: () => void;
}

export class CatalogWatch {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private running = false;
  private again = false;

  constructor(private readonly options: CatalogWatchOptions) {
    this.schedule(options.every);
  }

  /** Looks now, because something hints at a change. */
  hurry(): void {
    if (this.running) this.again = true;
    else this.schedule(0);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.look(), ms);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    this.running = true;
    try {
      await this.compare();
    } catch (error) {
      if (!this.stopped) this.options.failed(error);
    }
    this.running = false;
    this.schedule(this.again ? 0 : this.options.every);
    this.again = false;
  }

  private async compare(): Promise<void> {
    const { pool, registry, publication, lost } = this.options;
    const snapshot = await pool.query<{ text: string }>('select pg_current_snapshot()::text as text');
    registry.progress.forgetPassed(parsePgSnapshot(snapshot.rows[0]!.text, parseLsn('0/0')));
    // Taken before the questions, so that no shape is compared with an older answer. A shape that still waits may
    // be about to publish its table; its turn comes later.
    const shapes = [...registry.shapes].filter((shape) => shape.state !== 'waiting');
    const oids = [...new Set(shapes.map((shape) => shape.definition.table.oid))];
    const tables = new Map((await describeTables(pool, oids)).map((table) => [table.oid, table]));
    const published = await publication.members();
    if (this.stopped) return;
    if (!published) return lost();
    for (const shape of shapes) {
      const now = tables.get(shape.definition.table.oid);
      const same = now && canGoOn(shape.table, now);
      const streamed =
        same && now.fullIdentity && publishedParts(now.parts).every(({ oid }) => published.has(oid));
      if (streamed) shape.table = now;
      else registry.drop(shape, 'schema');
    }
  }
}
