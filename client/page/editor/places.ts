// The places of a body where words of a search stand: marked until the text is changed, the first one scrolled to.
import { type Editor, Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

interface Shown {
  readonly words: readonly string[];
  readonly marks: DecorationSet;
}

const key = new PluginKey<Shown>('places');
const nothing: Shown = { words: [], marks: DecorationSet.empty };

function find(doc: Node, words: readonly string[]): Shown {
  if (words.length === 0) return nothing;
  const found: Decoration[] = [];
  doc.descendants((node, at) => {
    if (!node.isText || !node.text) return;
    for (const match of node.text.matchAll(/[\p{L}\p{N}]+/gu)) {
      if (!words.some((word) => match[0].toLowerCase().startsWith(word))) continue;
      const from = at + match.index;
      found.push(Decoration.inline(from, from + match[0].length, { class: 'found-place' }));
    }
  });
  return { words, marks: DecorationSet.create(doc, found) };
}

/** @param words beginnings of words, in lower case; none: nothing is marked any more */
export function showPlaces(editor: Editor, words: readonly string[]): void {
  editor.view.dispatch(editor.state.tr.setMeta(key, words).setMeta('addToHistory', false));
}

export const Places = Extension.create({
  name: 'places',
  addProseMirrorPlugins() {
    /** The words whose first place was scrolled to. */
    let reached: readonly string[] = nothing.words;
    return [
      new Plugin<Shown>({
        key,
        state: {
          init: () => nothing,
          apply: (tr, shown) => {
            const asked = tr.getMeta(key) as readonly string[] | undefined;
            if (asked) return find(tr.doc, asked);
            if (!tr.docChanged) return shown;
            // What comes from the Yjs document, the first rendering too, is no typing of one's own.
            return tr.getMeta('y-sync$') ? find(tr.doc, shown.words) : nothing;
          },
        },
        props: { decorations: (state) => key.getState(state)?.marks },
        view: () => ({
          update(view) {
            const { words } = key.getState(view.state) ?? nothing;
            if (words.length === 0 || words === reached) return;
            const first = view.dom.querySelector('.found-place');
            if (!first) return;
            reached = words;
            // After the page around it has its height.
            requestAnimationFrame(() => first.scrollIntoView({ block: 'center' }));
          },
        }),
      }),
    ];
  },
});
