// Tends documents after they were written to: keeps their text for search, and replaces many updates by one that holds
// the same (compaction). Nobody waits for it, and any number of servers may do it at once.
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type DocumentName, Postponed, tendDocument } from './tend';
import { DocumentThread } from './thread';

interface Due {
  readonly name: DocumentName;
  /** ms since 1970. */
  readonly due: number;
}

/** A document that is being written is tended at most this often, ms. */
const REST = 2_000;

export class DocumentKeeper {
  /** Documents to tend, and from when on, by who wrote to them last: each has their turn (A5). */
  #waiting = new Map<string, Map<string, Due>>();
  /** Documents that take too long, which were written to and are tried again when their pause is over. */
  #postponed = new Map<string, NodeJS.Timeout>();
  #running: Promise<void> | null = null;
  #closed = new AbortController();

  /**
   * @param rest ms between two turns of one document
   * @param thread puts documents together; closed with this
   */
  constructor(
    private readonly pool: Pool,
    private readonly log: (line: string) => void,
    private readonly rest = REST,
    private readonly thread = new DocumentThread(),
  ) {}

  /**
   * These were written to.
   * @param by who did it; absent: whoever is in the workspace
   */
  touched(documents: Iterable<DocumentName>, by?: string): void {
    for (const name of documents) {
      const key = `${name.workspaceId}/${name.documentId}`;
      if (this.#postponed.has(key)) continue;
      if ([...this.#waiting.values()].some((theirs) => theirs.has(key))) continue;
      const whose = by ?? name.workspaceId;
      const theirs = this.#waiting.get(whose) ?? new Map<string, Due>();
      theirs.set(key, { name, due: Date.now() + this.rest });
      this.#waiting.set(whose, theirs);
    }
    this.#run();
  }

  /** Tends what was written while no server tended it. */
  async catchUp(): Promise<void> {
    const { rows } = await this.pool.query<DocumentName>(
      `select u.workspace_id as "workspaceId", u.document_id as "documentId" from document_update u
         left join sync.document_text t using (workspace_id, document_id)
       group by u.workspace_id, u.document_id, t.version
       having max(u.version) > coalesce(t.version, 0)`,
    );
    this.touched(rows);
  }

  /** Resolves when nothing is waiting, but what takes too long and has its pause. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    for (const timer of this.#postponed.values()) clearTimeout(timer);
    this.thread.close();
    await this.#running;
  }

  #run(): void {
    if (this.#running || this.#closed.signal.aborted || this.#waiting.size === 0) return;
    this.#running = this.#work().finally(() => {
      this.#running = null;
      this.#run();
    });
  }

  async #work(): Promise<void> {
    for (;;) {
      if (this.#waiting.size === 0 || this.#closed.signal.aborted) return;
      const next = this.#take();
      if (typeof next === 'number') {
        await pause(next, undefined, { signal: this.#closed.signal }).catch(() => {});
        continue;
      }
      const { name, whose } = next;
      const key = `${name.workspaceId}/${name.documentId}`;
      try {
        await tendDocument(this.pool, name, undefined, this.thread);
      } catch (error) {
        if (error instanceof Postponed) {
          this.#postpone(key, name, error);
          continue;
        }
        if (this.#closed.signal.aborted) return;
        // Its updates stay as they are; the next write tries again.
        const what = error instanceof Error ? error.message : String(error);
        this.log(`document ${name.documentId} was not compacted: ${what}`);
      } finally {
        // Others have come meanwhile: whoever was served goes behind them.
        const theirs = this.#waiting.get(whose);
        this.#waiting.delete(whose);
        if (theirs && theirs.size > 0) this.#waiting.set(whose, theirs);
      }
    }
  }

  /** @returns whose turn it is now; else ms until it is somebody's. Something waits. */
  #take(): (Due & { readonly whose: string }) | number {
    let wait = Number.POSITIVE_INFINITY;
    for (const [whose, theirs] of this.#waiting) {
      // The oldest one is due first.
      const [[key, first]] = theirs as unknown as [[string, Due]];
      wait = Math.min(wait, first.due - Date.now());
      if (wait > 0) continue;
      theirs.delete(key);
      if (theirs.size === 0) this.#waiting.delete(whose);
      return { ...first, whose };
    }
    return wait;
  }

  #postpone(key: string, name: DocumentName, { retryAt, isNews, message }: Postponed): void {
    if (isNews)
      this.log(
        `document ${name.documentId} of workspace ${name.workspaceId} ${message}; it is left as it is`,
      );
    if (this.#closed.signal.aborted) return;
    const again = () => {
      this.#postponed.delete(key);
      this.touched([name]);
    };
    // A day at the most.
    const timer = setTimeout(again, Math.max(1_000, retryAt.getTime() - Date.now()));
    timer.unref();
    this.#postponed.set(key, timer);
  }
}
