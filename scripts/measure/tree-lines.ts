// The edits of a trace as the yardstick's editor has them: a tree of Yjs elements.
import * as Y from 'yjs';
import type { Lines } from './trace';

/** A body whose paragraphs are the lines of a text, as the Collaboration extension of TipTap keeps it. */
export class TreeLines implements Lines {
  readonly doc = new Y.Doc();
  readonly #body = this.doc.getXmlFragment('default');
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
