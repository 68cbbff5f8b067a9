// The shape stream as the source of a device's rows: one subscription per table and workspace, and their live requests
// over shared connections. The other end is electric/proxy.ts and electric/live.ts.
import type { Transaction } from '@electric-sql/pglite';
import { LivePolls } from './live-polls';
import type { Followed, OpenSource, RowSource, SourceHost } from './row-source';
import { Slots } from './slots';
import { Starts } from './starts';
import { Subscription } from './subscription';

class ShapeSource implements RowSource {
  readonly #polls: LivePolls;
  readonly #starts: Starts;
  readonly #storing = new Slots(1);
  #prepared: Promise<void> | null = null;

  constructor(private readonly host: SourceHost) {
    this.#polls = new LivePolls(host.link, host);
    this.#starts = new Starts(host.pg, host.schema, () => this.#prepare());
  }

  get healthy(): boolean {
    return this.#polls.healthy;
  }

  follow(followed: Followed): Subscription {
    return new Subscription(this.host, this.#polls, followed, this.#starts, this.#storing);
  }

  /** Makes the table of pglite-sync, as the plugin does, once for all subscriptions. */
  #prepare(): Promise<void> {
    this.#prepared ??= this.host.pg
      .exec(
        `create schema if not exists electric;
         create table if not exists electric.subscriptions_metadata (
           key text primary key, shape_metadata jsonb not null, last_lsn text not null)`,
      )
      .then(
        () => {},
        (error: unknown) => {
          this.#prepared = null;
          throw error;
        },
      );
    return this.#prepared;
  }

  listen(): void {
    this.#polls.listen();
  }

  /** pglite-sync keeps each shape's offset, under a key of server, workspace and table. */
  async forget(tx: Transaction, workspaceId: string | null): Promise<void> {
    const { rows } = await tx.query<{ there: boolean }>(
      `select to_regclass('electric.subscriptions_metadata') is not null as there`,
    );
    if (!rows[0]!.there) return;
    await tx.query(
      `delete from electric.subscriptions_metadata where $1::text is null or key like '%/' || $1 || '/%'`,
      [workspaceId],
    );
    await tx.query(`delete from sync.loading where $1::text is null or key like '%/' || $1 || '/%'`, [
      workspaceId,
    ]);
  }

  close(): void {
    this.#polls.close();
  }
}

export const shapeSource: OpenSource = (host) => new ShapeSource(host);
