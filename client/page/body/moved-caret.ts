// The browser moves the caret itself and tells the editor in a task of its own. On a busy machine the next key, or what
// another person wrote, comes first: the editor would act where the caret was, and put it back there. So whoever is
// about to use the editor's selection asks for the browser's first.
import type { EditorView } from '@tiptap/pm/view';

/** What ProseMirror keeps to itself: the watcher of the DOM, of prosemirror-view 1.x. */
interface DomObserver {
  /** @returns the changes of the DOM that were not read yet */
  pendingRecords(): readonly unknown[];
  /** Reads the selection of the DOM, and such changes. */
  flush(): void;
}

const observerOf = (view: EditorView) =>
  (view as unknown as { readonly domObserver: DomObserver }).domObserver;

/** Makes the editor's selection the one that the browser shows, and its text, where letters were not read yet. */
export function readMovedCaret(view: EditorView): void {
  if (!view.isDestroyed && !view.composing) observerOf(view).flush();
}

/**
 * The same in the middle of a change of the shared text, which letters must not become a part of: where some were not
 * read yet, they and the caret are read after it.
 */
export function readMovedCaretInChange(view: EditorView): void {
  if (view.isDestroyed || view.composing) return;
  if (observerOf(view).pendingRecords().length === 0) observerOf(view).flush();
  else queueMicrotask(() => readMovedCaret(view));
}
