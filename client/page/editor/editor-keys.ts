// What the editor does beyond the schema: its placeholder, clicks on links, the checklist key.
import { type Editor, Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { checklistItem } from '../body/checklist-item';

/** A line of help in the empty paragraph that has the caret. */
export const Placeholder = Extension.create<{ text: string }>({
  name: 'placeholder',
  addOptions: () => ({ text: '' }),
  addProseMirrorPlugins() {
    const { editor } = this;
    const { text } = this.options;
    return [
      new Plugin({
        key: new PluginKey('placeholder'),
        props: {
          decorations: ({ doc, selection }) => {
            const { $from, empty } = selection;
            const isOnly = doc.childCount === 1;
            const block = $from.parent;
            const wanted =
              editor.isEditable &&
              empty &&
              $from.depth === 1 &&
              block.type.name === 'paragraph' &&
              block.content.size === 0 &&
              (isOnly || editor.isFocused);
            if (!wanted) return null;
            const from = $from.before();
            return DecorationSet.create(doc, [
              Decoration.node(from, from + block.nodeSize, { class: 'is-empty', 'data-placeholder': text }),
            ]);
          },
        },
      }),
    ];
  },
});

export interface LinkOptions {
  /** Opens an address of this application. */
  readonly onInternal: (href: string) => void;
}

/** A click on a link follows it; with a selection it only selects. */
export const LinkClicks = Extension.create<LinkOptions>({
  name: 'linkClicks',
  addOptions: () => ({ onInternal: () => {} }),
  addProseMirrorPlugins() {
    const { onInternal } = this.options;
    return [
      new Plugin({
        key: new PluginKey('link-clicks'),
        props: {
          handleDOMEvents: {
            click: (view, event) => {
              const link = (event.target as Element | null)?.closest('a[href]');
              const href = link?.getAttribute('href');
              if (!link || !href || !view.dom.contains(link)) return false;
              event.preventDefault();
              if (event.button !== 0 || !view.state.selection.empty) return false;
              if (href.startsWith('/w/') && !event.ctrlKey && !event.metaKey) onInternal(href);
              else if (href.startsWith('#')) onInternal(href);
              else window.open(href, '_blank', 'noopener,noreferrer');
              return true;
            },
          },
        },
      }),
    ];
  },
});

export const ChecklistTask = Extension.create<{ onMake: (editor: Editor) => void }>({
  name: 'checklistTask',
  // Before the line break that the same keys make elsewhere.
  priority: 1_000,
  addOptions: () => ({ onMake: () => {} }),
  addKeyboardShortcuts() {
    return {
      'Mod-Enter': ({ editor }) => {
        if (!checklistItem(editor)?.text) return false;
        this.options.onMake(editor);
        return true;
      },
    };
  },
});

/** In a list Tab indents or does nothing; elsewhere it leaves the text. */
export const ListTab = Extension.create({
  name: 'listTab',
  priority: 10,
  addKeyboardShortcuts() {
    const inList = () => this.editor.isActive('listItem') || this.editor.isActive('taskItem');
    return { Tab: inList, 'Shift-Tab': inList };
  },
});
