// One open page body in one tab: a Yjs document kept equal to the rows of its updates. What is typed is gathered and
// written as a row within GATHER ms, then passed to the others by the socket; rows of others are applied as they come.
import { sql } from 'kysely';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { mergeAll } from '../../../db/page/merge';
import { pending } from '../../sync/react/sql';
import { type Compilable, type Store, StoreError } from '../../sync/store';
import { type LiveConnection, type LiveRoom, type LiveState, sharedLive } from './document-live';
import { forgetWords, keepWords, type LastWords } from './last-words';

/** Origin of changes that came from stored rows. */
export const FROM_STORE = 'store';
/** Origin of changes that came by the socket. */
export const FROM_LIVE = 'live';

/** What was typed is handed to the storage at the latest after this, ms; with others in the room, sooner. */
const GATHER = 50;
const GATHER_TOGETHER = 10;
/** What could not be stored is tried again after this, ms. */
const AGAIN = 3_000;

const notStored = 'This change could not be stored on this device.';

export interface DocumentStatus {
  /** Every row that was there at opening is applied. */
  readonly loaded: boolean;
  /** Typed and not yet on this device's storage. */
  readonly writing: boolean;
  /** Rows on this device that the server has not answered. */
  readonly unsent: number;
  /** Why typing is not stored; the text stays in the tab, and it is tried again with the next change. */
  readonly problem: string | null;
  /** Why the text cannot be shown; then `loaded` was rejected. */
  readonly unreadable: string | null;
  /** The socket: off (none was given, or it is not allowed), connecting, on. */
  readonly live: LiveState;
  /** Others who have the page open now. */
  readonly others: number;
}

export interface DocumentHandle {
  readonly workspaceId: string;
  readonly documentId: string;
  /** Its body is `doc.getText(BODY_TEXT)`. Changes with the origins FROM_STORE and FROM_LIVE are others'. */
  readonly doc: Y.Doc;
  /** Cursors and names of those who have the page open; set one's own with setLocalStateField('user', …). */
  readonly awareness: Awareness;
  /** Resolves when what this device has is in `doc`. @throws StoreError 'unreadable', 'storage', 'closed' */
  readonly loaded: Promise<void>;
  /** A value, replaced on each change. */
  status(): DocumentStatus;
  /** @returns unsubscribe */
  onStatus(listener: () => void): () => void;
  /** Resolves when everything typed so far is on this device's storage. @throws StoreError */
  flush(): Promise<void>;
  /** Stores what is left, ends the live queries and destroys `doc`. */
  close(): Promise<void>;
}

export interface OpenDocumentOptions {
  readonly workspaceId: string;
  readonly documentId: string;
  /** Absent: this tab's socket. null: rows only, which is slower and otherwise the same. */
  readonly live?: LiveConnection | null;
}

/** Opens a page body. Returns at once; `loaded` tells when the text is there. */
export function openDocument(store: Store, options: OpenDocumentOptions): DocumentHandle {
  return new OpenDocument(store, options);
}

class OpenDocument implements DocumentHandle {
  readonly workspaceId: string;
  readonly documentId: string;
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly loaded: Promise<void>;
  #status: DocumentStatus = {
    loaded: false,
    writing: false,
    unsent: 0,
    problem: null,
    unreadable: null,
    live: 'off',
    others: 0,
  };
  #listeners = new Set<() => void>();
  /** Rows that are in `doc`. */
  #known = new Set<string>();
  /** Own changes that no row holds yet. */
  #typed: Uint8Array[] = [];
  /** Updates that came by the socket and whose rows have not come: what is typed may build on them. */
  #heard = new Map<string, Uint8Array>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | null = null;
  /** The row that is being written. */
  #row: LastWords | null = null;
  /** Rows that were also given to last-words. */
  #lastWords: string[] = [];
  #reading: Promise<void> = Promise.resolve();
  #room: LiveRoom | null = null;
  #stopRows: () => void;
  #tell: { resolve(): void; reject(error: StoreError): void } | undefined;
  #closed = false;
  readonly #hide = () => {
    this.#keepLastWords();
    void this.flush().catch(() => {});
  };

  /** What is not stored is not left without a question. */
  readonly #leave = (event: BeforeUnloadEvent) => {
    if (this.#status.problem !== null && this.#status.writing) event.preventDefault();
  };

  constructor(
    private readonly store: Store,
    { workspaceId, documentId, live = sharedLive(store.userId) }: OpenDocumentOptions,
  ) {
    this.workspaceId = workspaceId;
    this.documentId = documentId;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === FROM_STORE || origin === FROM_LIVE) return;
      this.#typed.push(update);
      this.#set({ writing: true });
      this.#gather();
    });
    this.loaded = new Promise((resolve, reject) => {
      this.#tell = { resolve, reject };
    });
    this.loaded.catch(() => {});
    this.#stopRows = store.live(
      this.#rowsQuery(),
      (rows) => {
        this.#set({ unsent: rows.filter((row) => row.unsent).length });
        this.#reading = this.#reading.then(() => this.#apply(rows.map((row) => row.id)));
        this.#reading.then(
          () => {
            this.#set({ loaded: true });
            this.#tell?.resolve();
          },
          (error: StoreError) => this.#unreadable(error),
        );
      },
      (error: StoreError) => this.#unreadable(error),
    );
    if (live) this.#join(live);
    if (typeof document === 'object') {
      document.addEventListener('visibilitychange', this.#hide);
      addEventListener('pagehide', this.#hide);
      addEventListener('beforeunload', this.#leave);
    }
  }

  status(): DocumentStatus {
    return this.#status;
  }

  onStatus(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#writing) await this.#writing;
    if (this.#typed.length > 0) {
      this.#writing = this.#write().finally(() => {
        this.#writing = null;
      });
      await this.#writing;
    }
    if (this.#typed.length === 0) {
      forgetWords(this.store.userId, this.#lastWords);
      this.#lastWords = [];
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (typeof document === 'object') {
      document.removeEventListener('visibilitychange', this.#hide);
      removeEventListener('pagehide', this.#hide);
      removeEventListener('beforeunload', this.#leave);
    }
    this.#stopRows();
    try {
      await this.flush();
    } finally {
      this.#room?.leave();
      this.awareness.destroy();
      this.doc.destroy();
      this.#listeners.clear();
    }
  }

  #gather(): void {
    if (this.#timer !== undefined || this.#closed) return;
    const ms = this.#status.others > 0 ? GATHER_TOGETHER : GATHER;
    this.#timer = setTimeout(() => void this.flush().catch(() => {}), ms);
  }

  /** Tries again what could not be stored, also when nothing more is typed. */
  #again(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => void this.flush().catch(() => {}), AGAIN);
  }

  /** The tab may be gone at any moment, with all that is under way to its worker. */
  #keepLastWords(): void {
    const left: LastWords[] = this.#row ? [this.#row] : [];
    if (this.#typed.length > 0) left.push(this.#newRow(mergeAll(this.#typed)));
    const kept = left.filter((words) => keepWords(this.store.userId, words));
    this.#lastWords.push(...kept.map((words) => words.id));
  }

  #newRow(update: Uint8Array): LastWords {
    const { workspaceId, documentId } = this;
    return { id: crypto.randomUUID(), workspaceId, documentId, update };
  }

  /** One row of what was typed, with what it may build on and nobody's row has brought yet. */
  async #write(): Promise<void> {
    const typed = this.#typed;
    const heard = [...this.#heard];
    this.#typed = [];
    const row = this.#newRow(mergeAll([...heard.map(([, bytes]) => bytes), ...typed]));
    const { id, update } = row;
    this.#known.add(id);
    this.#row = row;
    try {
      await this.store.write(
        this.store.db
          .insertInto('document_update')
          .values({ id, workspace_id: this.workspaceId, document_id: this.documentId, update })
          .onConflict((conflict) => conflict.doNothing()),
      );
    } catch (error) {
      this.#row = null;
      this.#known.delete(id);
      this.#typed = [...typed, ...this.#typed];
      this.#set({ problem: error instanceof StoreError ? error.message : notStored });
      // Another storage may have room, and the tab may be closed before this one has again.
      forgetWords(this.store.userId, this.#lastWords.splice(0));
      this.#keepLastWords();
      this.#again();
      throw error;
    }
    this.#row = null;
    for (const [heardRow] of heard) this.#heard.delete(heardRow);
    this.#room?.send(id, update);
    this.#set({ writing: this.#typed.length > 0, problem: null });
  }

  #rowsQuery(): Compilable<{ id: string; unsent: boolean }> {
    const { workspaceId, documentId } = this;
    const query = sql<{ id: string; unsent: boolean }>`
      select u.id, ${pending('document_update', sql.ref('u.id'))} as unsent
      from document_update u where u.workspace_id = ${workspaceId} and u.document_id = ${documentId}
      order by u.created_at, u.id`;
    return { compile: () => query.compile(this.store.db) };
  }

  #unreadable(error: StoreError): void {
    this.#room?.leave();
    this.#room = null;
    this.#set({ unreadable: error.message });
    this.#tell?.reject(error);
  }

  /** Somebody hostile can make a body that would hold this tab for hours; the background has found out (D3). */
  async #refuseTooCostly(): Promise<void> {
    const query = sql<{ tooCostly: boolean }>`
      select too_costly > 0 as "tooCostly" from sync.document_text where document_id = ${this.documentId}`;
    const [found] = await this.store.read({ compile: () => query.compile(this.store.db) });
    if (!found?.tooCostly) return;
    throw new StoreError(
      'unreadable',
      'Putting the text of this page together would take this device too long. Nothing of it is lost.',
    );
  }

  async #apply(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !this.#known.has(id));
    if (missing.length === 0 || this.#closed) return;
    const { db } = this.store;
    if (this.#known.size === 0) await this.#refuseTooCostly();
    const rows = await this.store.read(
      db
        .selectFrom('document_update')
        .select(['id', 'update'])
        .where('workspace_id', '=', this.workspaceId)
        .where('document_id', '=', this.documentId)
        // All of them at the opening: a list of ids would be longer than the rows.
        .$if(this.#known.size > 0, (query) => query.where('id', 'in', missing)),
    );
    if (this.#closed) return;
    const fresh = rows.filter((row) => !this.#known.has(row.id));
    this.#take(
      fresh.map((row) => row.update),
      FROM_STORE,
    );
    for (const row of fresh) {
      this.#known.add(row.id);
      this.#heard.delete(row.id);
    }
  }

  /** Takes updates of others in. A damaged one is left out, whoever sent it; the rest is shown. */
  #take(updates: readonly Uint8Array[], origin: string): void {
    if (updates.length === 0) return;
    try {
      // Merged first, so that rows out of order do not wait for each other inside the document.
      Y.applyUpdate(this.doc, mergeAll(updates), origin);
    } catch (error) {
      if (updates.length === 1) console.warn('Outpost: an update cannot be read:', error);
      else for (const update of updates) this.#take([update], origin);
    }
  }

  #join(live: LiveConnection): void {
    this.#room = live.join(this.workspaceId, this.documentId, {
      awareness: this.awareness,
      onUpdate: (row, update) => {
        if (this.#known.has(row) || this.#closed) return;
        this.#heard.set(row, update);
        this.#take([update], FROM_LIVE);
      },
      onState: (live, others) => this.#set({ live, others }),
    });
  }

  #set(change: Partial<DocumentStatus>): void {
    const next = { ...this.#status, ...change };
    const keys = Object.keys(next) as (keyof DocumentStatus)[];
    if (keys.every((key) => next[key] === this.#status[key])) return;
    this.#status = next;
    for (const listener of [...this.#listeners]) listener();
  }
}
