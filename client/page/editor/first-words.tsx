// What is typed before the editor is there: a plain field takes it, in its place, and hands it on in order.
import type { Editor } from '@tiptap/core';
import { Selection } from '@tiptap/pm/state';
import { type RefObject, useRef } from 'react';

/** Puts the caret at the beginning of the text at once: the next key belongs there. */
function focusStart(editor: Editor): void {
  // Not by the editor's own command: it takes the focus once more with the next frame, from wherever the person is by then.
  const { view } = editor;
  view.dispatch(view.state.tr.setSelection(Selection.atStart(view.state.doc)));
  view.focus();
}

/** Types as a person would, so that `- ` begins a list here, too. */
function typeInto({ view }: Editor, text: string): void {
  for (const letter of text) {
    if (letter === '\n') {
      const enter = new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 13 });
      view.someProp('handleKeyDown', (handle) => handle(view, enter));
      continue;
    }
    const { from, to } = view.state.selection;
    const insert = () => view.state.tr.insertText(letter, from, to);
    const taken = view.someProp('handleTextInput', (handle) => handle(view, from, to, letter, insert));
    if (!taken) view.dispatch(insert());
  }
}

export interface FirstWords {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** Enter in the title: what follows goes into the text, whether that is there or not. */
  readonly begin: (editor: Editor | null) => void;
  /** Call in the same turn in which the editor comes. */
  readonly handOver: (editor: Editor) => void;
}

export function useFirstWords(): FirstWords {
  const field = useRef<HTMLTextAreaElement>(null);
  const words = useRef<FirstWords>({
    field,
    begin: (editor) => {
      if (editor && !editor.isDestroyed) focusStart(editor);
      else field.current?.focus();
    },
    handOver: (editor) => {
      const { current: from } = field;
      if (!from || editor.isDestroyed) return;
      const hasCaret = document.activeElement === from;
      if (!hasCaret && from.value === '') return;
      // Who has gone on to something else keeps the focus there.
      if (hasCaret) focusStart(editor);
      typeInto(editor, from.value);
      from.value = '';
    },
  });
  return words.current;
}

export function FirstWordsField({ field }: Pick<FirstWords, 'field'>) {
  return (
    <textarea
      ref={field}
      aria-label="Words that wait for the editor"
      tabIndex={-1}
      rows={1}
      className="block field-sizing-content w-full resize-none bg-transparent not-focus:h-0 focus-visible:outline-none"
    />
  );
}
