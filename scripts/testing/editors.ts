// Editors of one page in a test, each with a Yjs document of its own, as on devices that meet now and then.
import { Editor, type JSONContent } from '@tiptap/core';
import { TextSelection } from '@tiptap/pm/state';
import * as Y from 'yjs';
import { blocksOf, bodyNode } from '../../client/page/body/body-blocks';
import { Collaboration } from '../../client/page/body/body-collaboration';
import { bodyExtensions, bodySchema } from '../../client/page/body/extensions';
import { ListTab } from '../../client/page/editor/editor-keys';
import { appendBlocks, readBlocks } from '../../db/page/blocks';
import { BODY_TEXT } from '../../db/page/body';

export class TestEditor {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText(BODY_TEXT);
  readonly editor: Editor;

  constructor(client: number) {
    this.doc.clientID = client;
    this.editor = new Editor({
      element: document.body.appendChild(document.createElement('div')),
      extensions: [...bodyExtensions(), ListTab, Collaboration.configure({ text: this.text })],
    });
  }

  /** Takes in what the other has. */
  take(other: TestEditor): void {
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(other.doc, Y.encodeStateVector(this.doc)), 'store');
  }

  /** As the other devices read it. */
  read(): JSONContent {
    const node = bodyNode(readBlocks(this.text), this.editor.schema);
    node.check();
    return node.toJSON() as JSONContent;
  }

  /** As it is shown. */
  shown(): JSONContent {
    return this.editor.getJSON();
  }

  check(): void {
    (
      this.editor.storage as unknown as { collaboration: { binding: { check(): void } } }
    ).collaboration.binding.check();
  }

  /** Letters and line breaks. */
  lines(): string {
    const { doc } = this.editor.state;
    return doc.textBetween(0, doc.content.size, '\n', (leaf) => (leaf.type.name === 'hardBreak' ? '⏎' : '◆'));
  }

  /** Puts the caret before, or with `behind` after, the first place of these words. */
  caret(words: string, side: 'before' | 'behind' = 'before'): void {
    let found: number | null = null;
    this.editor.state.doc.descendants((node, at) => {
      const index = found === null && node.isTextblock ? node.textContent.indexOf(words) : -1;
      if (index >= 0) found = at + 1 + index + (side === 'behind' ? words.length : 0);
      return found === null;
    });
    if (found === null) throw new Error(`“${words}” is not in the text`);
    this.select(found);
  }

  select(from: number, to = from): void {
    const { state, view } = this.editor;
    const selection = TextSelection.between(state.doc.resolve(from), state.doc.resolve(to));
    view.dispatch(state.tr.setSelection(selection));
  }

  /** As by keys: rules of the editor see each letter. */
  type(letters: string): void {
    const { view } = this.editor;
    for (const letter of letters) {
      const { from, to } = view.state.selection;
      const insert = () => view.state.tr.insertText(letter, from, to);
      const taken = view.someProp('handleTextInput', (handle) => handle(view, from, to, letter, insert));
      if (!taken) view.dispatch(insert());
    }
  }

  /** @returns whether anything took the key */
  key(key: string, modifiers: KeyboardEventInit = {}): boolean {
    const { view } = this.editor;
    const event = new KeyboardEvent('keydown', { key, ...modifiers });
    return view.someProp('handleKeyDown', (handle) => handle(view, event)) ?? false;
  }

  destroy(): void {
    this.editor.destroy();
    this.doc.destroy();
  }
}

/** Editors that all show this body. */
export function editorsOf(count: number, content: JSONContent[]): TestEditor[] {
  const schema = bodySchema();
  const doc = new Y.Doc();
  doc.clientID = 1;
  appendBlocks(doc.getText(BODY_TEXT), blocksOf(schema.nodeFromJSON({ type: 'doc', content }).children));
  const state = Y.encodeStateAsUpdate(doc);
  return Array.from({ length: count }, (_, i) => {
    const made = new TestEditor(i + 10);
    Y.applyUpdate(made.doc, state, 'store');
    return made;
  });
}

/** Until all have everything. */
export function meet(...editors: readonly TestEditor[]): void {
  for (let round = 0; round < 3; round++) {
    for (const to of editors) for (const from of editors) if (to !== from) to.take(from);
    for (const editor of editors) editor.check();
  }
}

export const paragraph = (text: string): JSONContent => ({
  type: 'paragraph',
  content: text ? [{ type: 'text', text }] : [],
});

export const list = (name: 'bulletList' | 'orderedList' | 'taskList', ...items: string[]): JSONContent => ({
  type: name,
  content: items.map((text) => ({
    type: name === 'taskList' ? 'taskItem' : 'listItem',
    content: [paragraph(text)],
  })),
});
