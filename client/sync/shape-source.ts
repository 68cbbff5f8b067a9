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

  constructor(private readonly host: SourceHost) {
    this.#polls = new LivePolls(host.link, host);
    this.#starts = new Starts(host.pg, host.schema);
  }

  get healthy(): boolean {
    return this.#polls.healthy;
  }

  follow(followed: Followed): Subscription {
    return new Subscription(this.host, this.#polls, followed, this.#starts, this.#store);
  }

  /** First loads are stored one after the other, and live queries that wait come before the next: what has come is shown. */
  readonly #storing = new Slots(1);
  readonly #store = async (signal: AbortSignal, run: () => Promise<void>): Promise<void> => {
    const leave = await this.#storing.enter(signal);
    try {
      await this.host.settled();
      await run();
    } finally {
      leave();
    }
  };

  listen(): void {
    this.#polls.listen();
  }

  /** pglite-sync keeps each shape's offset, under a key of server, workspace and table. */
  async forget(tx: Transaction, workspaceId: string | null): Promise<void> {
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
