// What this device follows: every synced table of every workspace the person is a member of. Learns it from the
// session, has the source of rows follow it (row-source.ts), and takes rows of lost workspaces off the device (R4).
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type { Schema } from '../../db/sync/schema';
import { type Mark, type SessionAnswer, sessionAnswer } from '../../db/sync/wire';
import { audit, countThere } from './audit';
import type { ShapeState } from './diagnosed';
import { type Link, LinkError, readJson } from './link';
import type { Following, OpenSource, RowSource } from './row-source';
import type { Loading } from './store';
import { problemOf, type SyncProblem, syncProblem } from './sync-problem';

export interface ReadPathOptions {
  readonly pg: PGliteInterface;
  readonly link: Link;
  readonly schema: Schema;
  readonly baseUrl: string;
  readonly userId: string;
  readonly source: OpenSource;
  flush(): Promise<void>;
  settled(): Promise<void>;
  changed(tables: Iterable<string>): void;
  progressed(): void;
  /** The newest mark that the server gave this device. */
  mark(): Promise<Mark | null>;
  /**
   * What the server says of itself; resolves when the device has made itself ready for it.
   * @param sentAt ms since 1970 on this device, when it was asked
   */
  identified(answer: SessionAnswer, sentAt: number): Promise<void>;
  problem(source: string, problem: SyncProblem | null): void;
}

export class ReadPath {
  #followed = new Map<string, Following[]>();
  readonly #source: RowSource;
  #serverId: string | null = null;
  /** Tag of the memberships that are followed; null: they are not known, or not all of them are followed. */
  #tag: string | null = null;
  #refreshing: Promise<void> | null = null;
  #again = false;
  /** Workspaces that the refresh under way should find. */
  #expected: readonly string[] = [];
  #closed = new AbortController();
  /** Rows to expect of workspaces whose first load is under way. */
  #totals = new Map<string, number>();
  /** Of each workspace that is followed: whether its rows were compared with the server's (audit.ts). */
  #audits = new Map<
    string,
    { state: 'due' | 'running' | 'done'; failures: number; readonly end: AbortController }
  >();

  /** Of each table that was up to date: whether it is, and when it was the last time, ms since 1970. */
  #current = new WeakMap<Following, { is: boolean; at: number }>();

  constructor(private readonly options: ReadPathOptions) {
    const { pg, link, schema, baseUrl } = options;
    link.onChange(() => this.#noteAll());
    this.#source = options.source({
      pg,
      link,
      schema,
      baseUrl,
      flush: () => this.options.flush(),
      settled: () => this.options.settled(),
      memberships: () => this.#tag,
      membershipsChanged: async () => {
        this.#forgetTag();
        await this.refresh();
      },
      health: (problem) => {
        this.options.problem('live', problem);
        this.#noteAll();
        this.options.progressed();
      },
    });
  }

  /**
   * The memberships are known, every table of each is up to date and has as many rows as on the server, and the source
   * is answered (R6).
   */
  get upToDate(): boolean {
    return (
      this.#tag !== null &&
      this.#source.healthy &&
      [...this.#followed.values()].flat().every((s) => s.upToDate) &&
      [...this.#audits.values()].every((audit) => audit.state === 'done')
    );
  }

  /** How each table of each workspace stands that is followed. */
  get shapes(): readonly ShapeState[] {
    return [...this.#followed].flatMap(([workspaceId, subscriptions]) =>
      subscriptions.map((s): ShapeState => {
        this.#note(s);
        const state = this.#isCurrent(s) ? 'current' : s.loadingRows === null ? 'behind' : 'loading';
        return { workspaceId, table: s.table, state, currentAt: this.#current.get(s)?.at ?? null };
      }),
    );
  }

  #noteAll(): void {
    for (const s of [...this.#followed.values()].flat()) this.#note(s);
  }

  #isCurrent(s: Following): boolean {
    return s.upToDate && this.#source.healthy && this.options.link.state.network === 'online';
  }

  #note(s: Following): void {
    const is = this.#isCurrent(s);
    if (is || this.#current.get(s)?.is) this.#current.set(s, { is, at: Date.now() });
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

  /** Asks the server for the memberships (again) and follows them; resolves when that is done, or the store closed. */
  refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#refreshPatiently().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** The person is in these workspaces, as the server said elsewhere: one that is not followed is asked for now. */
  expect(workspaceIds: readonly string[]): void {
    if (workspaceIds.every((id) => this.#followed.has(id))) return;
    this.#forgetTag();
    if (this.#refreshing) this.#expected = workspaceIds;
    else void this.refresh();
  }

  #forgetTag(): void {
    this.#tag = null;
    this.options.progressed();
  }

  async #refreshPatiently(): Promise<void> {
    const closed = this.#closed.signal;
    for (let failures = 0; !closed.aborted; ) {
      this.#again = false;
      try {
        await this.#refresh();
        this.options.problem('session', null);
        failures = 0;
        const isMissing = this.#expected.some((id) => !this.#followed.has(id));
        this.#expected = [];
        if (!this.#again && !isMissing) return;
      } catch (error) {
        if (closed.aborted) return;
        failures++;
        this.options.problem('session', sessionProblem(error));
        // Another person's session stays one until somebody signs in: the wake-up is the normal way on.
        await this.options.link.pause(closed, failures).catch(() => {});
      }
    }
  }

  /** Drops what the source keeps beside the rows, of all workspaces; to be called when none is followed. */
  async forget(tx: Transaction): Promise<void> {
    await this.#source.forget(tx, null);
  }

  /** Ends all following and follows again from what is stored. */
  async restart(): Promise<void> {
    await this.#unfollow([...this.#followed.keys()]);
    await this.refresh();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#source.close();
    await this.#refreshing;
    await Promise.all([...this.#followed.values()].flat().map((s) => s.close()));
    this.#followed.clear();
  }

  async #refresh(): Promise<void> {
    const { link, userId } = this.options;
    const mark = await this.options.mark();
    const query = mark ? `?${new URLSearchParams(mark)}` : '';
    const sentAt = Date.now();
    const response = await link.patiently(`/api/session${query}`, { signal: this.#closed.signal });
    const read = sessionAnswer.safeParse(await readJson(response));
    if (!read.success) throw new NoAnswer();
    const session = read.data;
    link.heard();
    if (session.user.id !== userId) throw new OtherPerson();
    if (this.#serverId !== session.serverId || session.lostFrom !== null) {
      await this.#unfollow([...this.#followed.keys()]);
      this.#serverId = session.serverId;
    }
    await this.options.identified(session, sentAt);
    const wanted = new Set(session.memberships.map((m) => m.workspaceId));
    await this.#leave(wanted);
    for (const workspaceId of wanted) {
      if (!this.#followed.has(workspaceId)) this.#follow(workspaceId, session.serverId);
    }
    this.#tag = session.membershipsTag;
    this.#source.listen();
    this.options.progressed();
  }

  #follow(workspaceId: string, serverId: string): void {
    const { link, schema } = this.options;
    if (this.#closed.signal.aborted) return;
    const end = new AbortController();
    this.#audits.set(workspaceId, { state: 'due', failures: 0, end });
    // What to expect is for the progress bar only: the load does not wait for it.
    void countThere(link, schema, workspaceId, AbortSignal.any([end.signal, this.#closed.signal])).then(
      (counts) => {
        this.#totals.set(
          workspaceId,
          [...counts.values()].reduce((sum, count) => sum + count, 0),
        );
        this.options.progressed();
      },
      () => {},
    );
    const subscribe = (table: string) =>
      this.#source.follow({
        serverId,
        workspaceId,
        table,
        changed: () => this.options.changed([table, 'outbox', 'incoming']),
        progressed: () => this.#progressed(workspaceId),
        denied: () => void this.#denied(workspaceId),
        problem: (problem) => this.options.problem(`${workspaceId}/${table}`, problem),
      });
    this.#followed.set(workspaceId, schema.names.map(subscribe));
  }

  #progressed(workspaceId: string): void {
    const audit = this.#audits.get(workspaceId);
    const subscriptions = this.#followed.get(workspaceId);
    for (const s of subscriptions ?? []) this.#note(s);
    if (audit?.state === 'due' && subscriptions?.every((s) => s.upToDate)) void this.#audit(workspaceId);
    this.options.progressed();
  }

  async #audit(workspaceId: string): Promise<void> {
    const due = this.#audits.get(workspaceId)!;
    const subscriptions = new Map((this.#followed.get(workspaceId) ?? []).map((s) => [s.table, s]));
    const signal = AbortSignal.any([due.end.signal, this.#closed.signal]);
    due.state = 'running';
    try {
      await audit({
        pg: this.options.pg,
        link: this.options.link,
        schema: this.options.schema,
        workspaceId,
        signal,
        moved: (table) => subscriptions.get(table)?.batches ?? 0,
        missing: (table) => subscriptions.get(table)?.refetch(),
      });
      due.state = 'done';
      this.options.problem(`${workspaceId}/audit`, null);
    } catch (error) {
      if (signal.aborted) return;
      console.warn('sync: rows could not be compared with the server’s:', error);
      if (error instanceof LinkError) this.options.problem(`${workspaceId}/audit`, problemOf(error));
      await this.options.link.pause(signal, ++due.failures).catch(() => {});
      // The next time that all its tables have come so far, and not before the pause is over.
      due.state = 'due';
    }
    if (!signal.aborted) this.#progressed(workspaceId);
  }

  /** Either the person is no longer a member, or will be again by the time the memberships are read. */
  async #denied(workspaceId: string): Promise<void> {
    this.#forgetTag();
    await this.#unfollow([workspaceId]);
    await this.options.link.pause(this.#closed.signal, 1).catch(() => {});
    if (!this.#closed.signal.aborted) await this.refresh();
  }

  async #unfollow(workspaceIds: readonly string[]): Promise<void> {
    for (const workspaceId of workspaceIds) {
      this.#audits.get(workspaceId)?.end.abort();
      this.#audits.delete(workspaceId);
      await Promise.all((this.#followed.get(workspaceId) ?? []).map((s) => s.close()));
      this.#followed.delete(workspaceId);
      for (const part of [...this.options.schema.names, 'audit'])
        this.options.problem(`${workspaceId}/${part}`, null);
    }
  }

  /** Workspaces that are on this device and no longer the person's: rows leave, unsent work stays in the outbox. */
  async #leave(wanted: ReadonlySet<string>): Promise<void> {
    const { pg, schema } = this.options;
    const { rows } = await pg.query<{ id: string }>('select id from workspace');
    const lost = rows.map((r) => r.id).filter((id) => !wanted.has(id));
    await this.#unfollow([...this.#followed.keys()].filter((id) => !wanted.has(id)));
    if (lost.length === 0) return;
    await pg.transaction(async (tx) => {
      await tx.exec('set local session_replication_role = replica');
      for (const id of lost) {
        for (const table of [...schema.names].reverse()) {
          const { scope } = schema.tables[table]!;
          await tx.query(`delete from ${table} where ${scope} = $1`, [id]);
          await tx.query(`delete from sync.incoming where "table" = $1 and "row" ->> $2 = $3`, [
            table,
            scope,
            id,
          ]);
        }
        await tx.query('update sync.base set "row" = null where workspace_id = $1', [id]);
        await this.#source.forget(tx, id);
      }
    });
    await this.options.flush();
    this.options.changed(schema.names);
  }
}

/** Something else answered in place of the server. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

class OtherPerson extends Error {
  override readonly name = 'OtherPerson';
}

function sessionProblem(error: unknown): SyncProblem | null {
  if (error instanceof OtherPerson) return syncProblem('other-person');
  if (error instanceof NoAnswer) return syncProblem('unreadable');
  if (error instanceof LinkError) return problemOf(error);
  console.warn('sync: the session was not taken in:', error);
  return syncProblem('not-stored');
}
