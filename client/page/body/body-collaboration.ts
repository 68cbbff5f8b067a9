// Binds the editor to the page's Yjs document: its text, undo of what is one's own, and the carets of others.
import { Extension } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { BodyBinding } from './body-binding';
import { hold, positionHeld } from './body-places';
import { readMovedCaret } from './moved-caret';

export interface CollaborationOptions {
  readonly text: Y.Text;
}

export const Collaboration = Extension.create<CollaborationOptions, { binding: BodyBinding | null }>({
  name: 'collaboration',
  priority: 1000,
  addStorage: () => ({ binding: null }),
  addProseMirrorPlugins() {
    this.storage.binding ??= new BodyBinding(this.options.text, this.editor.schema);
    const { binding } = this.storage;
    return [
      new Plugin({
        key: new PluginKey('collaboration'),
        props: { handleDOMEvents: { keydown: readMovedCaret } },
        view: (view) => {
          binding.attach(view);
          return {
            update: (_, previous) => binding.updated(previous),
            destroy: () => binding.detach(),
          };
        },
      }),
    ];
  },
  onDestroy() {
    this.storage.binding?.destroy();
  },
  addCommands() {
    const { storage } = this;
    return {
      undo:
        () =>
        ({ tr, dispatch }) => {
          tr.setMeta('preventDispatch', true);
          const { binding } = storage;
          if (!binding?.undoManager.canUndo()) return false;
          return dispatch ? binding.undo() : true;
        },
      redo:
        () =>
        ({ tr, dispatch }) => {
          tr.setMeta('preventDispatch', true);
          const { binding } = storage;
          if (!binding?.undoManager.canRedo()) return false;
          return dispatch ? binding.redo() : true;
        },
    };
  },
  addKeyboardShortcuts() {
    return {
      'Mod-z': () => this.editor.commands.undo(),
      'Mod-y': () => this.editor.commands.redo(),
      'Shift-Mod-z': () => this.editor.commands.redo(),
    };
  },
});

/** What is done next is a step of its own in the undo of this person. */
export function stopCapturing(editor: { readonly storage: object }): void {
  const { collaboration } = editor.storage as { collaboration?: { binding: BodyBinding | null } };
  collaboration?.binding?.undoManager.stopCapturing();
}

export interface Writer {
  readonly name: string;
  /** #rrggbb; others' are not believed to be one. */
  readonly color: string;
}

export interface CaretsOptions {
  readonly text: Y.Text;
  readonly awareness: Awareness;
  readonly user: Writer;
}

const caretsKey = new PluginKey<DecorationSet>('carets');

export const Carets = Extension.create<CaretsOptions>({
  name: 'carets',
  // Behind the binding: the text is as the editor has it.
  priority: 999,
  onCreate() {
    this.options.awareness.setLocalStateField('user', this.options.user);
  },
  addProseMirrorPlugins() {
    const { text, awareness } = this.options;
    return [
      new Plugin<DecorationSet>({
        key: caretsKey,
        state: {
          init: () => DecorationSet.empty,
          apply: (tr, shown) =>
            (tr.getMeta(caretsKey) as DecorationSet | undefined) ?? shown.map(tr.mapping, tr.doc),
        },
        props: { decorations: (state) => caretsKey.getState(state) },
        view: (view) => {
          let isLooking = false;
          const look = () => {
            isLooking = false;
            if (view.isDestroyed) return;
            readMovedCaret(view);
            view.dispatch(view.state.tr.setMeta(caretsKey, caretsOf(view.state, text, awareness)));
          };
          // Not in the middle of what the editor is doing now.
          const lookSoon = () => {
            if (!isLooking) queueMicrotask(look);
            isLooking = true;
          };
          // A move of one's own caret draws nothing: two views of one page (the editor of a render that was given up
          // goes a moment later) would answer each other for good.
          const moved = ({ added, updated, removed }: Changed) => {
            if ([...added, ...updated, ...removed].some((client) => client !== awareness.clientID))
              lookSoon();
          };
          // Only the view that showed a caret to others takes it away.
          let told: Cursor | null = null;
          const tell = () => {
            told = tellCaret(view, text, awareness, told);
          };
          awareness.on('change', moved);
          text.observeDeep(lookSoon);
          view.dom.addEventListener('focusin', tell);
          view.dom.addEventListener('focusout', tell);
          lookSoon();
          return {
            update: (_, previous) => {
              if (view.state.doc !== previous.doc || !view.state.selection.eq(previous.selection)) tell();
            },
            destroy: () => {
              awareness.off('change', moved);
              text.unobserveDeep(lookSoon);
              view.dom.removeEventListener('focusin', tell);
              view.dom.removeEventListener('focusout', tell);
              if (told && awareness.getLocalState()) awareness.setLocalStateField('cursor', null);
            },
          };
        },
      }),
    ];
  },
});

/** The clients, by number, whose state came, changed and went. */
interface Changed {
  readonly added: readonly number[];
  readonly updated: readonly number[];
  readonly removed: readonly number[];
}

interface Cursor {
  readonly anchor?: unknown;
  readonly head?: unknown;
}

/**
 * Others see where one is, while one is in the text.
 * @param told the caret that this view has shown to others
 * @returns the one that it shows now
 */
function tellCaret(view: EditorView, text: Y.Text, awareness: Awareness, told: Cursor | null): Cursor | null {
  if (!awareness.getLocalState() || view.isDestroyed) return told;
  const held = view.hasFocus() ? hold(text, view.state.doc, view.state.selection) : null;
  if (held && held.kind !== 'text') return told;
  const cursor = held && { anchor: held.anchor, head: held.head };
  if (JSON.stringify(told) !== JSON.stringify(cursor)) awareness.setLocalStateField('cursor', cursor);
  return cursor;
}

function caretsOf(state: EditorState, text: Y.Text, awareness: Awareness): DecorationSet {
  const decorations: Decoration[] = [];
  for (const [client, { cursor, user }] of awareness.getStates()) {
    if (client === awareness.clientID || typeof cursor !== 'object' || cursor === null) continue;
    const { anchor, head } = cursor as Cursor;
    const [from, to] = [positionIn(state, text, anchor), positionIn(state, text, head)];
    if (from === null || to === null) continue;
    const writer = writerOf(user);
    decorations.push(
      Decoration.widget(to, () => caretElement(writer), { key: `${client}`, side: 10 }),
      Decoration.inline(Math.min(from, to), Math.max(from, to), {
        class: 'ProseMirror-yjs-selection',
        style: `background-color: ${writer.color}70`,
      }),
    );
  }
  return DecorationSet.create(state.doc, decorations);
}

function positionIn(state: EditorState, text: Y.Text, held: unknown): number | null {
  try {
    return positionHeld(text, state.doc, Y.createRelativePositionFromJSON(held));
  } catch {
    // Made up, or of a program to come.
    return null;
  }
}

function writerOf(user: unknown): Writer {
  const { name, color } = (user ?? {}) as { readonly name?: unknown; readonly color?: unknown };
  return {
    name: typeof name === 'string' ? name : '',
    color: typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? color : '#777777',
  };
}

function caretElement({ name, color }: Writer): HTMLElement {
  const caret = document.createElement('span');
  caret.className = 'collaboration-carets__caret';
  caret.style.borderColor = color;
  const label = document.createElement('div');
  label.className = 'collaboration-carets__label';
  label.style.backgroundColor = color;
  label.textContent = name;
  caret.append(label);
  return caret;
}
