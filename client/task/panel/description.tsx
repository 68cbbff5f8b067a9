// The description of the open task: shown as text with structure, typed as plain text. What is typed is saved while
// typing pauses, so that closing the tab loses nothing.
import { useEffect, useRef, useState } from 'react';
import { Markdown } from '../../kit/markdown';

const PAUSE_MS = 1_500;
const maxBytes = 400_000;

export function Description(props: {
  value: string;
  readOnly: string | null;
  /** @returns whether it is stored */
  onSave: (description: string) => Promise<boolean>;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tooLong = draft !== null && draft.length > maxBytes / 4 && new Blob([draft]).size > maxBytes;
  const save = () => {
    clearTimeout(timer.current);
    if (draft === null || draft === props.value || tooLong) return;
    // What was typed stays on the screen when it is not stored.
    void props.onSave(draft).then((stored) => stored || setDraft((typed) => typed ?? draft));
  };
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => {
    const leave = () => latest.current();
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, []);
  const change = (text: string) => {
    setDraft(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current(), PAUSE_MS);
  };

  if (draft !== null) {
    return (
      <div className="mt-4">
        <textarea
          // biome-ignore lint/a11y/noAutofocus: it appears because the person asked to type
          autoFocus
          aria-label="Description"
          value={draft}
          onChange={(event) => change(event.target.value)}
          onBlur={() => {
            save();
            if (!tooLong) setDraft(null);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) {
              event.preventDefault();
              event.stopPropagation();
              event.currentTarget.blur();
            }
          }}
          className="-mx-2 block field-sizing-content min-h-32 w-[calc(100%+16px)] resize-none rounded-md bg-transparent px-2 py-1.5 text-base ring-1 ring-line-strong ring-inset focus-visible:outline-2 focus-visible:-outline-offset-1"
        />
        <p className="mt-1 text-xs text-ink-3">
          {tooLong ? (
            <span className="text-danger">
              This is longer than a description can be. Shorten it to save it.
            </span>
          ) : (
            'Markdown works. Esc when you are done; it is saved as you type.'
          )}
        </p>
      </div>
    );
  }
  const start = () => props.readOnly === null && setDraft(props.value);
  return (
    <div className="group relative mt-4">
      {props.value.trim() ? (
        <>
          {/* A click on the text edits it; the button does the same for the keyboard. */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
          <div
            className="-mx-2 rounded-md px-2 py-1.5 hover:bg-hover"
            onClick={(event) => {
              const selecting = (window.getSelection()?.toString().length ?? 0) > 0;
              if (!(event.target as Element).closest('a') && !selecting) start();
            }}
          >
            <Markdown text={props.value} />
          </div>
          {props.readOnly ? null : (
            <button
              type="button"
              onClick={start}
              className="mt-1 rounded-md px-2 py-0.5 text-xs text-ink-3 opacity-0 group-hover:opacity-100 hover:bg-hover hover:text-ink focus-visible:opacity-100 -mx-2"
            >
              Edit description
            </button>
          )}
        </>
      ) : props.readOnly ? (
        <p className="text-ink-3">No description</p>
      ) : (
        <button
          type="button"
          onClick={start}
          className="-mx-2 w-[calc(100%+16px)] rounded-md px-2 py-1.5 text-left text-base text-ink-3 hover:bg-hover"
        >
          Add a description…
        </button>
      )}
    </div>
  );
}
