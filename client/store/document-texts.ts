// Keeps sync.document_text: the words of every body on this device, also of pages that nobody opened here (D3).
// Works in the background of the engine, one document at a time.
import type { PGliteInterface } from '@electric-sql/pglite';
import { textOfUpdates } from '../../db/document/text';

/** A document that is being written is read again at most this often, ms. */
const REST = 2_000;

export class DocumentTexts {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  #again = false;
  #closed = false;

  /**
   * @param changed the text of some document changed, committed and flushed
   * @param rest ms between two turns
   */
  constructor(
    private readonly pg: PGliteInterface,
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
      .catch((error: unknown) => console.warn('Outpost: the text of documents:', error))
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
    await this.#running;
  }

  async #work(): Promise<void> {
    const { rows } = await this.pg.query<Dirty>(
      'select document_id, workspace_id, mark from sync.document_dirty',
    );
    for (const dirty of rows) {
      if (this.#closed) return;
      await this.#read(dirty);
    }
    if (rows.length === 0) return;
    await this.flush();
    this.changed();
  }

  async #read({ document_id, workspace_id, mark }: Dirty): Promise<void> {
    const { rows } = await this.pg.query<{ update: Uint8Array }>(
      'select update from document_update where document_id = $1 and workspace_id = $2',
      [document_id, workspace_id],
    );
    const body = words(rows.map((row) => row.update));
    await this.pg.transaction(async (tx) => {
      if (rows.length === 0)
        await tx.query('delete from sync.document_text where document_id = $1', [document_id]);
      else {
        await tx.query(
          `insert into sync.document_text (document_id, workspace_id, body) values ($1, $2, $3)
           on conflict (document_id) do update set workspace_id = excluded.workspace_id, body = excluded.body`,
          [document_id, workspace_id, body],
        );
      }
      await tx.query('delete from sync.document_dirty where document_id = $1 and mark = $2', [
        document_id,
        mark,
      ]);
    });
  }
}

interface Dirty {
  readonly document_id: string;
  readonly workspace_id: string;
  readonly mark: string;
}

/** A document that cannot be read has no words; it must not stand in the way of the others. */
function words(updates: readonly Uint8Array[]): string {
  try {
    return textOfUpdates(updates);
  } catch {
    return '';
  }
}
