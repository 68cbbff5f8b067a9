// The list that opens while typing `/` or `@` in a body: what the editor knows of it, and what React draws.
import { type Editor, Extension, type Range } from '@tiptap/core';
import { PluginKey } from '@tiptap/pm/state';
import { Suggestion } from '@tiptap/suggestion';

export type PopupKind = 'slash' | 'mention';

export interface Popup {
  readonly kind: PopupKind;
  readonly query: string;
  /** What was typed, with its `/` or `@`. */
  readonly range: Range;
  readonly rect: DOMRect | null;
}

/** One for each editor: the plugins write it, the list reads it and takes the keys. */
export class PopupState {
  #popup: Popup | null = null;
  #listeners = new Set<() => void>();
  /** @returns whether the list did something with the key */
  onKey: (event: KeyboardEvent) => boolean = () => false;

  readonly get = (): Popup | null => this.#popup;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  set(popup: Popup | null): void {
    this.#popup = popup;
    for (const listener of this.#listeners) listener();
  }
}

interface Shown {
  readonly editor: Editor;
  readonly query: string;
  readonly range: Range;
  readonly clientRect?: (() => DOMRect | null) | null;
}

function trigger(editor: Editor, state: PopupState, kind: PopupKind, char: string) {
  const show = ({ query, range, clientRect }: Shown) =>
    state.set({ kind, query, range, rect: clientRect?.() ?? null });
  return Suggestion({
    editor,
    char,
    pluginKey: new PluginKey(`popup-${kind}`),
    allowedPrefixes: kind === 'slash' ? [' ', '\n'] : [' ', '\n', '(', '"', '“'],
    allow: ({ editor: at }) => at.isEditable && !at.isActive('codeBlock') && !at.isActive('code'),
    items: () => [],
    render: () => ({
      onStart: show,
      onUpdate: show,
      onKeyDown: ({ event }) => {
        if (event.key === 'Escape') {
          // The panel beside the page is not meant.
          event.stopPropagation();
          state.set(null);
          return true;
        }
        return state.get() !== null && state.onKey(event);
      },
      onExit: () => state.set(null),
    }),
  });
}

export const Popups = Extension.create<{ state: PopupState | null }>({
  name: 'popups',
  addOptions: () => ({ state: null }),
  addProseMirrorPlugins() {
    const { state } = this.options;
    if (!state) return [];
    return [trigger(this.editor, state, 'slash', '/'), trigger(this.editor, state, 'mention', '@')];
  },
});
