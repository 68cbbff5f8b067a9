// Draws the list beside the caret: blocks after `/`, tasks, pages, people and bookings after `@`.
import type { Editor } from '@tiptap/core';
import clsx from 'clsx';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import type { Popup, PopupState } from './popup';

export interface Choice {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly note?: string;
  readonly icon: ReactNode;
  readonly choose: (editor: Editor, popup: Popup) => void;
}

/** Below the caret, or above it where there is no room. */
function place(popup: Popup, height: number): { left: number; top: number } {
  const rect = popup.rect ?? new DOMRect(16, 16, 0, 20);
  const below = rect.bottom + 6;
  const fits = below + height < window.innerHeight - 8;
  return {
    left: Math.max(8, Math.min(rect.left, window.innerWidth - 296)),
    top: fits ? below : Math.max(8, rect.top - height - 6),
  };
}

export function PopupList(props: { editor: Editor; state: PopupState; choices: readonly Choice[] }) {
  const { editor, state, choices } = props;
  const popup = useSyncExternalStore(state.subscribe, state.get);
  const [at, setAt] = useState(0);
  const [height, setHeight] = useState(240);
  const list = useRef<HTMLDivElement>(null);
  const query = popup?.query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new query begins at the top again
  useEffect(() => setAt(0), [query, popup?.kind]);
  const index = Math.min(at, Math.max(0, choices.length - 1));
  useLayoutEffect(() => {
    if (list.current) setHeight(list.current.offsetHeight);
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  useEffect(() => {
    state.onKey = (event) => {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (step && choices.length > 0) {
        setAt((index + step + choices.length) % choices.length);
        return true;
      }
      const choice = choices[index];
      const now = state.get();
      if ((event.key === 'Enter' || event.key === 'Tab') && choice && now) {
        choice.choose(editor, now);
        return true;
      }
      return false;
    };
    return () => {
      state.onKey = () => false;
    };
  }, [state, editor, choices, index]);
  useEffect(() => {
    if (!popup || choices.length === 0) return;
    const { dom } = editor.view;
    dom.setAttribute('aria-controls', 'editor-choices');
    dom.setAttribute('aria-activedescendant', `editor-choice-${index}`);
    return () => {
      dom.removeAttribute('aria-controls');
      dom.removeAttribute('aria-activedescendant');
    };
  }, [editor, popup, choices.length, index]);
  if (!popup || (choices.length === 0 && popup.query === '')) return null;
  return createPortal(
    <div
      ref={list}
      id="editor-choices"
      role="listbox"
      // It scrolls; the text keeps the focus and its keys choose.
      tabIndex={0}
      aria-label={popup.kind === 'slash' ? 'Blocks' : 'Mention'}
      className="anim-pop fixed z-50 max-h-80 w-72 scroll-py-1 overflow-y-auto rounded-lg bg-raised p-1 text-sm text-ink shadow-pop"
      style={place(popup, height)}
      onMouseDown={(event) => event.preventDefault()}
    >
      {choices.length === 0 ? <p className="px-2 py-2 text-ink-3">Nothing found</p> : null}
      {choices.map((choice, i) => (
        <div key={choice.id} role="presentation">
          {choice.group !== choices[i - 1]?.group ? (
            <p aria-hidden className="px-2 pt-1.5 pb-1 text-xs text-ink-3">
              {choice.group}
            </p>
          ) : null}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the text keeps the focus and its keys choose */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: the text keeps the focus and names the option */}
          <div
            id={`editor-choice-${i}`}
            role="option"
            aria-selected={i === index}
            onClick={() => {
              const now = state.get();
              if (now) choice.choose(editor, now);
            }}
            onMouseMove={() => i !== index && setAt(i)}
            className={clsx(
              'flex min-h-8 items-center gap-2.5 rounded-md px-2 py-1 select-none',
              i === index && 'bg-hover',
            )}
          >
            <span className="flex size-5 shrink-0 items-center justify-center text-ink-3">{choice.icon}</span>
            <span className="min-w-0 flex-1 truncate">{choice.name}</span>
            {choice.note ? <span className="shrink-0 text-xs text-ink-3">{choice.note}</span> : null}
          </div>
        </div>
      ))}
    </div>,
    document.body,
  );
}
