// A real editing trace: every edit of a paper of 100,000 letters, replayed into a body as an editor would make it,
// each line a paragraph.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import { BODY_TEXT } from '../../db/page/body';

interface TraceFile {
  readonly startContent: string;
  readonly endContent: string;
  readonly txns: readonly { readonly patches: readonly (readonly [number, number, string])[] }[];
}

export interface Replayed {
  readonly edits: number;
  /** The text in the end. */
  readonly text: string;
  /** What an editor that gathers this many edits writes. */
  readonly updates: readonly Uint8Array[];
}

/** @returns the trace's file beside the repository, or where OUTPOST_TRACES says; null: there is none */
export function tracePath(): string | null {
  const folder =
    process.env.OUTPOST_TRACES ?? fileURLToPath(new URL('../../../shared/data/traces', import.meta.url));
  const path = `${folder}/automerge-paper.json.gz`;
  return existsSync(path) ? path : null;
}

/** A body of lines that a trace is replayed into. */
export interface Lines {
  readonly doc: Y.Doc;
  readonly text: string;
  /** Makes the first line; whoever listens to the document hears of it. */
  begin(): void;
  edit(at: number, deleted: number, inserted: string): void;
}

/**
 * @param gathered edits that are written as one update
 * @param body of another form than pages have
 */
export function replayTrace(path: string, gathered: number, body: Lines = new TextLines()): Replayed {
  const trace = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as TraceFile;
  const updates: Uint8Array[] = [];
  let pending: Uint8Array[] = [];
  body.doc.on('update', (update: Uint8Array) => pending.push(update));
  let edits = 0;
  const write = () => {
    if (pending.length > 0) updates.push(Y.mergeUpdates(pending));
    pending = [];
  };
  body.begin();
  body.edit(0, 0, trace.startContent);
  for (const { patches } of trace.txns) {
    for (const [at, deleted, inserted] of patches) {
      body.edit(at, deleted, inserted);
      edits++;
      if (edits % gathered === 0) write();
    }
  }
  write();
  if (body.text !== trace.endContent) throw new Error('the trace ended in another text');
  return { edits, text: body.text, updates };
}

/** A body as pages have it: each line break of it is the marker of a block. */
class TextLines implements Lines {
  readonly doc = new Y.Doc();
  readonly #body = this.doc.getText(BODY_TEXT);
  text = '';

  begin(): void {}

  edit(at: number, deleted: number, inserted: string): void {
    this.doc.transact(() => {
      if (deleted > 0) this.#body.delete(at, deleted);
      let index = at;
      for (const [i, piece] of inserted.split('\n').entries()) {
        if (i > 0) this.#body.insertEmbed(index++, new Y.Map());
        if (piece) this.#body.insert(index, piece);
        index += piece.length;
      }
    });
    this.text = this.text.slice(0, at) + inserted + this.text.slice(at + deleted);
  }
}
