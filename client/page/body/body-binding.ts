// Keeps an editor and the linear text of a body equal: what is done in the editor becomes the fewest edits of the text,
// what others do to the text becomes the smallest change of the editor's document.
import type { Node, Schema } from '@tiptap/pm/model';
import { Fragment, Slice } from '@tiptap/pm/model';
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { ReplaceStep } from '@tiptap/pm/transform';
import type { EditorView } from '@tiptap/pm/view';
import * as Y from 'yjs';
import { embedOf, readBlocks, setRootAttributes } from '../../../db/page/blocks';
import { blocksOf, bodyNode, piecesOf, textLength, twins } from './body-blocks';
import { type Edit, editsOf, isMarker, type Place, placesOfBlocks, placesOfPieces } from './body-diff';
import { type HeldSelection, hold, placeAt, selectionHeld } from './body-places';
import { readMovedCaretInChange } from './moved-caret';

/** After so long without a key the editor is compared with the text as a whole, ms. */
const CHECK = 400;

interface Format {
  readonly from: number;
  length: number;
  readonly change: Record<string, unknown>;
  readonly key: string;
}

/** Set on changes that come from the text. */
export const FROM_TEXT = 'fromText';

const [plainBlock] = placesOfBlocks([{ attributes: {}, pieces: [] }]) as [Place];

export class BodyBinding {
  readonly undoManager: Y.UndoManager;
  /** What the text shows; the editor's document, but for the moment of a change. */
  #doc: Node | null = null;
  #view: EditorView | null = null;
  /** The selection before what is done now. */
  #before: HeldSelection | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A view that is made anew is the same editor: what can be undone stays. */
  #detach = () => {};

  constructor(
    readonly text: Y.Text,
    private readonly schema: Schema,
  ) {
    this.undoManager = new Y.UndoManager(text, { trackedOrigins: new Set([this]) });
    this.undoManager.on('stack-item-added', ({ stackItem, type }) => {
      if (type === 'undo' && !this.undoManager.undoing && !this.undoManager.redoing)
        stackItem.meta.set('before', this.#before);
    });
  }

  attach(view: EditorView): void {
    this.#view = view;
    const { doc } = this.text;
    const before = (transaction: Y.Transaction) => {
      if (transaction.origin === this) return;
      readMovedCaretInChange(view);
      this.#before = this.#hold(view.state);
    };
    const changed = (_: unknown, transaction: Y.Transaction) => {
      if (transaction.origin !== this) this.#show(this.#before);
    };
    doc?.on('beforeTransaction', before);
    this.text.observeDeep(changed);
    this.#detach = () => {
      doc?.off('beforeTransaction', before);
      this.text.unobserveDeep(changed);
      clearTimeout(this.#timer);
      this.#view = null;
      this.#detach = () => {};
    };
    this.#show(null);
  }

  detach(): void {
    this.#detach();
  }

  destroy(): void {
    this.#detach();
    this.undoManager.destroy();
  }

  /** The editor has another state: what is new in it goes into the text. */
  updated(previous: EditorState): void {
    const view = this.#view;
    if (!view || !this.#doc || view.state.doc === this.#doc) return;
    this.#before = previous.doc === this.#doc ? hold(this.text, this.#doc, previous.selection) : null;
    this.#write(view.state);
    const top = this.undoManager.undoStack.at(-1);
    top?.meta.set('after', this.#hold(view.state));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.check(), CHECK);
  }

  /** Shows the text as others read it, where the editor has made something else of it. */
  check(): void {
    const view = this.#view;
    if (view && !view.composing) this.#show(this.#hold(view.state));
  }

  /** @returns whether there was something to undo */
  undo(): boolean {
    const done = this.undoManager.undo();
    this.#restore(done, this.undoManager.redoStack.at(-1), 'before');
    return done !== null;
  }

  redo(): boolean {
    const done = this.undoManager.redo();
    this.#restore(done, this.undoManager.undoStack.at(-1), 'after');
    return done !== null;
  }

  #restore(
    done: { meta: Map<unknown, unknown> } | null,
    opposite: { meta: Map<unknown, unknown> } | undefined,
    side: 'before' | 'after',
  ): void {
    if (!done || !this.#view || !this.#doc) return;
    for (const [name, value] of done.meta) opposite?.meta.set(name, value);
    const held = done.meta.get(side) as HeldSelection | null | undefined;
    const selection = held && selectionHeld(this.text, this.#doc, held);
    const { tr } = this.#view.state;
    if (selection) tr.setSelection(selection);
    this.#view.dispatch(tr.scrollIntoView());
  }

  #hold(state: EditorState): HeldSelection | null {
    return this.#doc && state.doc === this.#doc ? hold(this.text, state.doc, state.selection) : null;
  }

  #show(selection: HeldSelection | null): void {
    const view = this.#view;
    if (!view) return;
    const read = bodyNode(readBlocks(this.text), this.schema);
    const { tr } = view.state;
    replaceChanged(tr, view.state.doc, read, 0);
    this.#doc = tr.doc;
    if (!tr.docChanged) return;
    const held = selection && selectionHeld(this.text, tr.doc, selection);
    // Set only where it would be another: it ends what is being composed.
    if (held && !held.eq(tr.selection)) tr.setSelection(held);
    // What the next letter is to be, such as bold.
    if (view.state.storedMarks) tr.setStoredMarks(view.state.storedMarks);
    tr.setMeta('addToHistory', false).setMeta('preventAutolink', true).setMeta(FROM_TEXT, true);
    view.dispatch(tr);
  }

  #write(state: EditorState): void {
    const old = this.#doc!;
    const now = state.doc;
    const change = changedPart(old, now);
    this.#doc = now;
    if (!change) return;
    const caret = state.selection.empty ? state.selection.head : null;
    this.text.doc!.transact(() => {
      if (change.kind === 'line') {
        const { was, is, position } = change;
        let start = was.content.findDiffStart(is.content);
        if (start === null) return;
        const ends = was.content.findDiffEnd(is.content)!;
        let [oldEnd, nowEnd] = [ends.a, ends.b];
        // Where letters repeat, what was typed stands before the caret.
        const inLine = caret === null ? -1 : caret - position;
        if (inLine >= 0 && inLine <= is.content.size) {
          const later = Math.max(0, inLine - nowEnd);
          oldEnd += later;
          nowEnd += later;
        }
        start = Math.min(start, oldEnd, nowEnd);
        const at = placeAt(old, position) + start;
        const edits = editsOf(
          placesOfPieces(piecesOf(was.content.cut(start, oldEnd))),
          placesOfPieces(piecesOf(is.content.cut(start, nowEnd))),
          inLine >= 0 ? Math.max(0, nowEnd - inLine) : undefined,
        );
        this.#apply(edits, at);
        return;
      }
      const { from, oldTo, nowTo } = change;
      const index = old.children.slice(0, from).reduce((sum, child) => sum + textLength(child), -1);
      const before = placesOfBlocks(blocksOf(old.children.slice(from, oldTo)));
      const after = placesOfBlocks(blocksOf(now.children.slice(from, nowTo)));
      const behind = caret === null ? undefined : index + after.length - placeAt(now, caret);
      const useful = behind !== undefined && behind >= 0 && behind <= after.length ? behind : undefined;
      if (from > 0) this.#apply(editsOf(before, after, useful), index);
      else {
        // The first block has no marker: the text's own attributes stay its.
        const root: Edit = { op: 'keep', old: before[0] ?? plainBlock, now: after[0] ?? plainBlock };
        this.#apply([root, ...editsOf(before.slice(1), after.slice(1), useful)], index);
      }
    }, this);
  }

  /** @param at the place of the first edit; -1: the first block */
  #apply(edits: readonly Edit[], at: number): void {
    this.#applyContent(edits, at);
    const { text } = this;
    /** New attributes of markers, by place. */
    const marked = new Map<number, Readonly<Record<string, unknown>>>();
    let index = at;
    let format: Format | null = null as Format | null;
    const endFormat = () => {
      if (format) text.format(format.from, format.length, format.change);
      format = null;
    };
    for (const edit of edits) {
      if (edit.op === 'remove') continue;
      if (edit.op === 'add') {
        endFormat();
        index++;
        continue;
      }
      const { old, now } = edit;
      if (isMarker(now)) {
        endFormat();
        if (JSON.stringify(old.attributes) !== JSON.stringify(now.attributes))
          marked.set(index, now.attributes!);
      } else if (old.marks === now.marks) endFormat();
      else {
        const change: Record<string, unknown> = {};
        for (const name of Object.keys(old.marks)) if (!(name in now.marks)) change[name] = null;
        for (const [name, value] of Object.entries(now.marks)) {
          if (JSON.stringify(old.marks[name]) !== JSON.stringify(value)) change[name] = value;
        }
        const key = JSON.stringify(change);
        if (format?.key !== key) endFormat();
        if (key !== '{}') {
          format ??= { from: index, length: 0, change, key };
          format.length++;
        }
      }
      index++;
    }
    endFormat();
    if (marked.size === 0) return;
    for (const block of readBlocks(text)) {
      const wanted = marked.get(block.index - 1);
      if (!wanted) continue;
      const { marker } = block;
      if (!marker) setRootAttributes(text, wanted);
      else {
        for (const name of Object.keys(block.attributes)) if (!(name in wanted)) marker.delete(name);
        for (const [name, value] of Object.entries(wanted)) {
          if (JSON.stringify(block.attributes[name]) !== JSON.stringify(value)) marker.set(name, value);
        }
      }
    }
  }

  #applyContent(edits: readonly Edit[], at: number): void {
    const { text } = this;
    let index = at;
    for (let i = 0; i < edits.length; ) {
      const { op } = edits[i]!;
      let to = i + 1;
      while (to < edits.length && edits[to]!.op === op) to++;
      if (op === 'keep') index += to - i;
      else if (op === 'remove') text.delete(index, to - i);
      else {
        let letters = '';
        const run = edits.slice(i, to) as Extract<Edit, { op: 'add' }>[];
        for (const [n, { now }] of run.entries()) {
          if (now.attributes) {
            text.insertEmbed(index++, embedOf(now.attributes), { ...now.marks });
            continue;
          }
          letters += now.key;
          const next = run[n + 1]?.now;
          if (next && !next.attributes && next.marks === now.marks) continue;
          text.insert(index, letters, { ...now.marks });
          index += letters.length;
          letters = '';
        }
      }
      i = to;
    }
  }
}

/** Replaces what differs, as deep inside as it is one part of it. @param start where `old` lies in the document */
export function replaceChanged(tr: Transaction, old: Node, now: Node, start: number): void {
  if (old.isTextblock) {
    const from = old.content.findDiffStart(now.content);
    if (from === null) return;
    let { a, b } = old.content.findDiffEnd(now.content)!;
    const overlap = from - Math.min(a, b);
    if (overlap > 0) [a, b] = [a + overlap, b + overlap];
    tr.step(new ReplaceStep(start + from, start + a, new Slice(now.content.cut(from, b), 0, 0)));
    return;
  }
  const { first, oldTo, nowTo } = differing(old, now);
  if (first === oldTo && first === nowTo) return;
  let from = start;
  for (let i = 0; i < first; i++) from += old.child(i).nodeSize;
  if (oldTo === first + 1 && nowTo === first + 1) {
    const [a, b] = [old.child(first), now.child(first)];
    if (a.sameMarkup(b) && !a.isLeaf && textLength(a) > 0 === textLength(b) > 0) {
      replaceChanged(tr, a, b, from + 1);
      return;
    }
  }
  let to = from;
  for (let i = first; i < oldTo; i++) to += old.child(i).nodeSize;
  const nodes = Fragment.fromArray(now.children.slice(first, nowTo));
  tr.step(new ReplaceStep(from, to, new Slice(nodes, 0, 0)));
}

function differing(old: Node, now: Node): { first: number; oldTo: number; nowTo: number } {
  const most = Math.min(old.childCount, now.childCount);
  let first = 0;
  while (first < most && twins(old.child(first), now.child(first))) first++;
  let [oldTo, nowTo] = [old.childCount, now.childCount];
  while (oldTo > first && nowTo > first && twins(old.child(oldTo - 1), now.child(nowTo - 1))) {
    oldTo--;
    nowTo--;
  }
  return { first, oldTo, nowTo };
}

type Changed =
  | { readonly kind: 'line'; readonly was: Node; readonly is: Node; readonly position: number }
  | { readonly kind: 'blocks'; readonly from: number; readonly oldTo: number; readonly nowTo: number };

/** Where two documents differ: in the line of one block (position: where its content begins), or in blocks at the top. */
function changedPart(old: Node, now: Node): Changed | null {
  const top = differing(old, now);
  if (top.first === top.oldTo && top.first === top.nowTo) return null;
  let [was, is, position, part] = [old, now, 0, top];
  while (part.oldTo === part.first + 1 && part.nowTo === part.first + 1) {
    for (let i = 0; i < part.first; i++) position += was.child(i).nodeSize;
    position++;
    [was, is] = [was.child(part.first), is.child(part.first)];
    if (!was.sameMarkup(is)) break;
    if (was.isTextblock) {
      // A filler that is written into gets its own place in the text.
      if (textLength(was) === 0) break;
      return { kind: 'line', was, is, position };
    }
    if (was.isLeaf) break;
    part = differing(was, is);
  }
  let { first: from, oldTo, nowTo } = top;
  // The first block of both, for it has no marker.
  if (from === 0 && (oldTo === 0 || nowTo === 0)) {
    oldTo++;
    nowTo++;
  }
  return { kind: 'blocks', from, oldTo, nowTo };
}
