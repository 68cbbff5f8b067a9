// Which shapes this device follows: every synced table of every workspace the person is a member of. Learns it from
// the session, starts and stops subscriptions, and takes rows of lost workspaces off the device (R4).
import type { PGliteInterface } from '@electric-sql/pglite';
import { type TableName, tableNames, tables } from '../../db/tables';
import { type Link, LinkError, readJson } from './link';
import { LivePolls } from './live-polls';
import type { Loading, Membership } from './store';
import { Subscription } from './subscription';

interface SessionAnswer {
  readonly user: { readonly id: string };
  readonly memberships: readonly Membership[];
  readonly serverId: string;
}

export interface ReadPathOptions {
  readonly pg: PGliteInterface;
  readonly link: Link;
  readonly baseUrl: string;
  readonly userId: string;
  flush(): Promise<void>;
  changed(tables: Iterable<string>): void;
  progressed(): void;
  /** The server's database is this one; resolves when the device has made itself ready for it. */
  identified(serverId: string): Promise<void>;
  problem(source: string, sentence: string | null): void;
}

export class ReadPath {
  #followed = new Map<string, Subscription[]>();
  #polls: LivePolls;
  #serverId: string | null = null;
  #known = false;
  #refreshing: Promise<void> | null = null;
  #again = false;
  #closed = new AbortController();
  /** Rows to expect of workspaces whose first load is under way. */
  #totals = new Map<string, number>();

  constructor(private readonly options: ReadPathOptions) {
    this.#polls = new LivePolls(options.link);
  }

  /** Every shape has reached the live phase, and the memberships are known. */
  get upToDate(): boolean {
    return this.#known && [...this.#followed.values()].flat().every((s) => s.upToDate);
  }

  get loading(): Loading | null {
    let rows = 0;
    let total = 0;
    let any = false;
    for (const [workspaceId, subscriptions] of this.#followed) {
      if (!subscriptions.some((s) => s.loadingRows !== null)) continue;
      any = true;
      rows += subscriptions.reduce((sum, s) => sum + (s.loadingRows ?? s.loadedRows), 0);
      total += this.#totals.get(workspaceId) ?? 0;
    }
    return any ? { rows, total: Math.max(total, rows) } : null;
  }

  /** Asks the server for the memberships (again) and follows them. */
  refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#refresh()
      .catch((error: unknown) => {
        if (this.#closed.signal.aborted) return;
        this.options.problem('session', error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        this.#refreshing = null;
        if (this.#again && !this.#closed.signal.aborted) {
          this.#again = false;
          void this.refresh();
        }
      });
    return this.#refreshing;
  }

  /** Ends every subscription and follows again from what is stored. */
  async restart(): Promise<void> {
    await this.#unfollow([...this.#followed.keys()]);
    await this.refresh();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#refreshing;
    await Promise.all([...this.#followed.values()].flat().map((s) => s.close()));
    this.#followed.clear();
  }

  async #refresh(): Promise<void> {
    const { link, userId } = this.options;
    const response = await link.patiently('/api/session', { signal: this.#closed.signal });
    const session = await readJson<SessionAnswer>(response);
    if (session.user.id !== userId) {
      throw new LinkError('signed-out', 'Somebody else is signed in on this browser now.');
    }
    this.options.problem('session', null);
    if (this.#serverId !== session.serverId) {
      await this.#unfollow([...this.#followed.keys()]);
      await this.options.identified(session.serverId);
      this.#serverId = session.serverId;
    }
    const wanted = new Set(session.memberships.map((m) => m.workspaceId));
    await this.#leave(wanted);
    for (const workspaceId of wanted) {
      if (!this.#followed.has(workspaceId)) this.#follow(workspaceId, session.serverId);
    }
    this.#known = true;
    this.options.progressed();
  }

  #follow(workspaceId: string, serverId: string): void {
    const { pg, link, baseUrl } = this.options;
    if (this.#closed.signal.aborted) return;
    // What to expect is for the progress bar only: the load does not wait for it.
    void link.json<{ total: number }>(`/api/workspaces/${workspaceId}/size`).then(
      (size) => {
        this.#totals.set(workspaceId, size.total);
        this.options.progressed();
      },
      () => {},
    );
    const subscribe = (table: TableName) =>
      new Subscription({
        pg,
        link,
        baseUrl,
        serverId,
        workspaceId,
        table,
        polls: this.#polls,
        flush: this.options.flush,
        changed: () => this.options.changed([table, 'outbox', 'incoming']),
        progressed: this.options.progressed,
        denied: () => void this.#denied(workspaceId),
        problem: (sentence) => this.options.problem(`${workspaceId}/${table}`, sentence),
      });
    this.#followed.set(workspaceId, tableNames.map(subscribe));
  }

  /** Either the person is no longer a member, or will be again by the time the memberships are read. */
  async #denied(workspaceId: string): Promise<void> {
    await this.#unfollow([workspaceId]);
    await this.options.link.pause(this.#closed.signal).catch(() => {});
    if (!this.#closed.signal.aborted) await this.refresh();
  }

  async #unfollow(workspaceIds: readonly string[]): Promise<void> {
    for (const workspaceId of workspaceIds) {
      await Promise.all((this.#followed.get(workspaceId) ?? []).map((s) => s.close()));
      this.#followed.delete(workspaceId);
    }
  }

  /** Workspaces that are on this device and no longer the person's: rows leave, unsent work stays in the outbox. */
  async #leave(wanted: ReadonlySet<string>): Promise<void> {
    const { pg } = this.options;
    const { rows } = await pg.query<{ id: string }>('select id from workspace');
    const lost = rows.map((r) => r.id).filter((id) => !wanted.has(id));
    await this.#unfollow([...this.#followed.keys()].filter((id) => !wanted.has(id)));
    if (lost.length === 0) return;
    await pg.transaction(async (tx) => {
      await tx.exec('set local session_replication_role = replica');
      for (const id of lost) {
        for (const table of [...tableNames].reverse()) {
          const { scope } = tables[table];
          await tx.query(`delete from ${table} where ${scope} = $1`, [id]);
          await tx.query(`delete from sync.incoming where "table" = $1 and "row" ->> $2 = $3`, [
            table,
            scope,
            id,
          ]);
        }
        await tx.query('update sync.base set "row" = null where workspace_id = $1', [id]);
        await tx.query(`delete from electric.subscriptions_metadata where key like '%/' || $1 || '/%'`, [id]);
      }
    });
    await this.options.flush();
    this.options.changed(tableNames);
  }
}
