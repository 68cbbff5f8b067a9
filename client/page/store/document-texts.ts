// Keeps sync.document_text: the words of every body on this device, also of pages that nobody opened here (D3).
// Works in the background of the engine, one document at a time.
import type { PGliteInterface } from '@electric-sql/pglite';
import { TooCostly } from '../../../db/page/bounded';
import type { DocumentWords } from './document-words';

/** A document that is being written is read again at most this often, ms. */
const REST = 2_000;
/** Bytes of all updates of one body; more are not even read. */
const LARGEST = 64_000_000;

const tooCostly = Symbol('too costly');

export class DocumentTexts {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  #again = false;
  #closed = false;

  /**
   * @param words makes them; closed with this
   * @param changed the text of some document changed, committed and flushed
   * @param rest ms between two turns
   */
  constructor(
    private readonly pg: PGliteInterface,
    private readonly words: DocumentWords,
    private readonly flush: () => Promise<void>,
    private readonly changed: () => void,
    private readonly rest = REST,
  ) {}

  /** Bodies may have changed. The first time at once, then at most once per rest. */
  wake(): void {
    if (this.#closed) return;
    if (this.#running || this.#timer !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.#work()
      .catch((error: unknown) => {
        if (!this.#closed) console.warn('Outpost: the text of documents:', error);
      })
      .finally(() => {
        this.#running = null;
        if (this.#closed) return;
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          if (!this.#again) return;
          this.#again = false;
          this.wake();
        }, this.rest);
      });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#resting);
    this.words.close();
    await this.#running;
  }

  async #work(): Promise<void> {
    const { rows } = await this.pg.query<Dirty>(
      `select d.document_id, d.workspace_id, d.mark, coalesce(t.retry_at > now(), false) as rests
         from sync.document_dirty d left join sync.document_text t using (document_id)`,
    );
    const due = rows.filter((dirty) => !dirty.rests);
    let failed: unknown;
    for (const dirty of due) {
      if (this.#closed) return;
      try {
        await this.#read(dirty);
      } catch (error) {
        // It stays marked, and the others have their turn.
        failed = error;
      }
    }
    if (rows.length > due.length) await this.#wakeAfterRest();
    if (this.#closed || due.length === 0) return;
    await this.flush();
    this.changed();
    if (failed) throw failed;
  }

  async #read({ document_id, workspace_id, mark }: Dirty): Promise<void> {
    const body = await this.#words(document_id, workspace_id);
    await this.pg.transaction(async (tx) => {
      if (body === null)
        await tx.query('delete from sync.document_text where document_id = $1', [document_id]);
      else if (body === tooCostly) {
        await tx.query(
          `insert into sync.document_text as t (document_id, workspace_id, body, too_costly, retry_at)
           values ($1, $2, '', 1, now() + interval '1 minute')
           on conflict (document_id) do update set workspace_id = excluded.workspace_id, body = '',
             too_costly = t.too_costly + 1,
             retry_at = now() + least(interval '1 minute' * power(4, least(t.too_costly, 6)), interval '1 day')`,
          [document_id, workspace_id],
        );
      } else {
        await tx.query(
          `insert into sync.document_text (document_id, workspace_id, body) values ($1, $2, $3)
           on conflict (document_id) do update set workspace_id = excluded.workspace_id, body = excluded.body,
             too_costly = 0, retry_at = null`,
          [document_id, workspace_id, body],
        );
      }
      await tx.query('delete from sync.document_dirty where document_id = $1 and mark = $2', [
        document_id,
        mark,
      ]);
    });
  }

  /** @returns null: there is no such body */
  async #words(documentId: string, workspaceId: string): Promise<string | typeof tooCostly | null> {
    const of = 'from document_update where document_id = $1 and workspace_id = $2';
    const name = [documentId, workspaceId];
    const size = await this.pg.query<{ bytes: number | null }>(
      `select sum(octet_length(update))::float as bytes ${of}`,
      name,
    );
    const bytes = size.rows[0]!.bytes;
    if (bytes === null) return null;
    if (bytes > LARGEST) return tooCostly;
    const { rows } = await this.pg.query<{ update: Uint8Array }>(`select update ${of}`, name);
    try {
      return await this.words.of(rows.map((row) => row.update));
    } catch (error) {
      if (error instanceof TooCostly) return tooCostly;
      throw error;
    }
  }

  /** Bodies that took too long were written to since; when their pause is over they are tried again. */
  async #wakeAfterRest(): Promise<void> {
    const { rows } = await this.pg.query<{ ms: number | null }>(
      `select (extract(epoch from min(t.retry_at) - now()) * 1000)::float as ms
         from sync.document_dirty d join sync.document_text t using (document_id) where t.retry_at > now()`,
    );
    clearTimeout(this.#resting);
    if (this.#closed) return;
    this.#resting = setTimeout(() => this.wake(), Math.max(1_000, rows[0]!.ms ?? 0));
  }
}

interface Dirty {
  readonly document_id: string;
  readonly workspace_id: string;
  readonly mark: string;
  /** It took too long, and its pause is not over. */
  readonly rests: boolean;
}
