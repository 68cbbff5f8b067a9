// The title of the open task: a text that can be typed into. Saved when the person leaves it or presses Enter.
import { useEffect, useRef, useState } from 'react';
import { useShortcut } from '../../kit/keys/keyboard';
import { taskShortcuts } from '../shortcuts';

export function TitleField(props: {
  value: string;
  readOnly: string | null;
  /** @returns whether it is stored */
  onSave: (title: string) => Promise<boolean>;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const shown = draft ?? props.value;
  useShortcut(taskShortcuts.edit, props.readOnly ? null : () => area.current?.focus());
  const save = () => {
    const title = draft?.trim();
    setDraft(null);
    if (!title || title === props.value) return;
    // What was typed stays on the screen when it is not stored.
    void props.onSave(title).then((stored) => stored || setDraft((typed) => typed ?? title));
  };
  // Leaving by closing the panel is leaving too.
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => () => latest.current(), []);
  return (
    <textarea
      ref={area}
      aria-label="Title"
      rows={1}
      maxLength={500}
      readOnly={props.readOnly !== null}
      value={shown}
      onChange={(event) => setDraft(event.target.value.replace(/\n/g, ' '))}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
          event.preventDefault();
          event.currentTarget.blur();
        }
        if (event.key === 'Escape') {
          event.stopPropagation();
          setDraft(null);
          // The draft is dropped before the blur would save it.
          latest.current = () => {};
          requestAnimationFrame(() => area.current?.blur());
        }
      }}
      className="-mx-1.5 block field-sizing-content w-[calc(100%+12px)] resize-none rounded-md bg-transparent px-1.5 py-0.5 text-lg font-[620] tracking-[-0.011em] hover:bg-hover focus:bg-transparent focus-visible:outline-2 focus-visible:outline-offset-0"
    />
  );
}
