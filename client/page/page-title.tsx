// The title and the icon at the top of a page. A title is saved while typing pauses, and when it is left.
import { FileText } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Popover } from '../kit/popover';
import { firstOf } from './tree/page-icon';

const PAUSE_MS = 800;

const emojis = [
  ...['📄', '📘', '📗', '📕', '📒', '🗒️', '📋', '📌', '📎', '🗂️', '🧭', '🗺️', '🏔️', '❄️', '☀️', '🌊'],
  ...['🔧', '🛠️', '⚙️', '🔋', '💡', '📡', '🛰️', '🚜', '🚤', '🛟', '🧪', '🔬', '🩺', '💊', '🔥', '⚠️'],
  ...['✅', '⭐', '🎯', '🚀', '📦', '🏗️', '🎪', '🍲', '☕', '👥', '🗓️', '💬', '❓', '🔒', '🧾', '🐧'],
];

export function PageIconField(props: {
  icon: string;
  readOnly: string | null;
  onChange: (icon: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const choose = (icon: string) => {
    setOpen(false);
    props.onChange(icon);
  };
  const face = firstOf(props.icon) ? (
    <span className="text-[26px] leading-none">{firstOf(props.icon)}</span>
  ) : (
    <FileText size={24} strokeWidth={1.5} aria-hidden />
  );
  if (props.readOnly !== null) return <span className="flex h-9 items-center text-ink-3">{face}</span>;
  return (
    <Popover
      label="Icon"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          aria-label={props.icon ? `Icon: ${props.icon}` : 'Choose an icon'}
          className="-ml-1.5 flex size-9 items-center justify-center rounded-md text-ink-3 hover:bg-hover"
        >
          {face}
        </button>
      }
    >
      <div className="w-70 p-2">
        <div className="grid grid-cols-8 gap-px">
          {emojis.map((emoji) => (
            <button
              key={emoji}
              type="button"
              aria-label={emoji}
              onClick={() => choose(emoji)}
              className="flex size-8 items-center justify-center rounded-md text-lg hover:bg-hover"
            >
              {emoji}
            </button>
          ))}
        </div>
        <div className="mt-2 flex gap-2 border-t border-line pt-2">
          <input
            aria-label="Another emoji"
            placeholder="Another emoji"
            maxLength={8}
            onKeyDown={(event) => {
              const text = event.currentTarget.value.trim();
              if (event.key === 'Enter' && text) choose(text);
            }}
            className="h-7 min-w-0 flex-1 rounded-md bg-surface px-2 text-sm ring-1 ring-line-strong ring-inset"
          />
          {props.icon ? (
            <button
              type="button"
              onClick={() => choose('')}
              className="h-7 rounded-md px-2 text-xs text-ink-2 hover:bg-hover"
            >
              Remove
            </button>
          ) : null}
        </div>
      </div>
    </Popover>
  );
}

export function PageTitle(props: {
  title: string;
  readOnly: string | null;
  /** The caret begins here: the page is new. */
  autoFocus: boolean;
  /** @returns whether it is stored */
  onSave: (title: string) => Promise<boolean>;
  /** Enter, or down from the last line. */
  onLeave: () => void;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const save = () => {
    clearTimeout(timer.current);
    const title = draft?.trim();
    if (title === undefined || title === props.title) return;
    // What was typed stays on the screen when it is not stored.
    void props.onSave(title).then((stored) => stored || setDraft((typed) => typed ?? title));
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
  const { autoFocus } = props;
  useEffect(() => {
    if (autoFocus) area.current?.focus();
  }, [autoFocus]);
  return (
    <textarea
      ref={area}
      aria-label="Page title"
      placeholder="Untitled"
      rows={1}
      maxLength={500}
      readOnly={props.readOnly !== null}
      value={draft ?? props.title}
      onChange={(event) => {
        setDraft(event.target.value.replace(/\n/g, ' '));
        clearTimeout(timer.current);
        timer.current = setTimeout(() => latest.current(), PAUSE_MS);
      }}
      onBlur={() => {
        save();
        setDraft(null);
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        const { selectionStart, value } = event.currentTarget;
        if (event.key === 'Enter' || (event.key === 'ArrowDown' && selectionStart === value.length)) {
          event.preventDefault();
          props.onLeave();
        }
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
      className="block field-sizing-content w-full resize-none bg-transparent text-[26px]/[34px] font-[660] tracking-[-0.018em] placeholder:text-ink-3 focus-visible:outline-none phone:text-[24px]"
    />
  );
}
