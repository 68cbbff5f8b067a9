// Keys as people see them on their keyboard.
const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

const names: Record<string, string> = {
  mod: apple ? '⌘' : 'Ctrl',
  alt: apple ? '⌥' : 'Alt',
  f2: 'F2',
  shift: apple ? '⇧' : 'Shift',
  enter: '↵',
  escape: 'Esc',
  space: 'Space',
  backspace: '⌫',
  delete: 'Del',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
};

/** @param props.keys as in shortcuts.ts: `mod+k`, or `g b` for one after the other. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keys.split(' ').flatMap((chord) =>
        chord.split('+').map((key) => (
          <kbd
            key={`${chord}-${key}`}
            className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-sm bg-press px-1 font-sans text-2xs font-[500] text-ink-2"
          >
            {names[key] ?? (key.length === 1 ? key.toUpperCase() : key)}
          </kbd>
        )),
      )}
    </span>
  );
}
