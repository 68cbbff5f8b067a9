// A real editing trace: every edit of a paper of 100,000 letters, replayed into a body as an editor would make it,
// each line a paragraph.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import { BODY_FIELD } from '../../db/document/body';

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

/** @param gathered edits that are written as one update */
export function replayTrace(path: string, gathered: number): Replayed {
  const trace = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as TraceFile;
  const body = new Lines();
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

/** A body whose paragraphs are the lines of a text. */
class Lines {
  readonly doc = new Y.Doc();
  readonly #body = this.doc.getXmlFragment(BODY_FIELD);
  #lines = [''];

  /** Makes the first line; whoever listens to the document hears of it. */
  begin(): void {
    this.#add(0, '');
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  edit(at: number, deleted: number, inserted: string): void {
    this.doc.transact(() => {
      let [line, column] = this.#place(at);
      for (let left = deleted; left > 0; ) {
        const rest = this.#lines[line]!.length - column;
        if (rest > 0) {
          const count = Math.min(left, rest);
          this.#change(line, column, count, '');
          left -= count;
        } else {
          this.#change(line, column, 0, this.#lines[line + 1]!);
          this.#body.delete(line + 1, 1);
          this.#lines.splice(line + 1, 1);
          left--;
        }
      }
      for (const [i, piece] of inserted.split('\n').entries()) {
        if (i > 0) {
          const tail = this.#lines[line]!.slice(column);
          if (tail) this.#change(line, column, tail.length, '');
          this.#lines.splice(++line, 0, '');
          this.#add(line, tail);
          column = 0;
        }
        if (piece) this.#change(line, column, 0, piece);
        column += piece.length;
      }
    });
  }

  #place(at: number): [line: number, column: number] {
    let line = 0;
    let column = at;
    while (column > this.#lines[line]!.length) column -= this.#lines[line++]!.length + 1;
    return [line, column];
  }

  #add(line: number, text: string): void {
    const element = new Y.XmlElement('paragraph');
    element.insert(0, [new Y.XmlText(text)]);
    this.#body.insert(line, [element]);
    this.#lines[line] = text;
  }

  #change(line: number, column: number, deleted: number, inserted: string): void {
    const run = (this.#body.get(line) as Y.XmlElement).get(0) as Y.XmlText;
    if (deleted > 0) run.delete(column, deleted);
    if (inserted) run.insert(column, inserted);
    const old = this.#lines[line]!;
    this.#lines[line] = old.slice(0, column) + inserted + old.slice(column + deleted);
  }
}
