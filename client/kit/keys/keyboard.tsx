// Runs shortcuts: one listener for the page, handlers registered by whoever can act. The newest handler of a shortcut
// wins, so an open task takes keys before the list behind it.
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import { chordOf, type Shortcut, shortcutFor } from './shortcuts';

/** @returns false if it did nothing with the key; the browser then does what it would. */
export type KeyHandler = () => unknown;

const SEQUENCE_MS = 1_200;

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type))
  );
}

/** Dialogs, menus and lists have keys of their own. */
function elsewhere(target: EventTarget | null): boolean {
  return (
    (target instanceof Element &&
      target.closest('[role="dialog"],[role="menu"],[role="listbox"]') !== null) ||
    document.querySelector('[role="dialog"][data-state="open"]:not([data-keys-through])') !== null
  );
}

/** Enter on a button or a link is that button's or link's, unless it is a task. */
function enterIsTaken(chord: string, target: EventTarget | null): boolean {
  if (chord !== 'enter' || !(target instanceof Element)) return false;
  return (
    target.closest('a,button,summary,[role="button"]') !== null && target.closest('[data-task-id]') === null
  );
}

export class Keyboard {
  #handlers = new Map<Shortcut, KeyHandler[]>();
  #listeners = new Set<() => void>();
  #before: { chord: string; at: number } | null = null;
  #version = 0;

  /** @param shortcuts all that there are, in the order in which keys are looked up in them */
  constructor(private readonly shortcuts: readonly Shortcut[]) {}

  register(shortcut: Shortcut, handler: KeyHandler): () => void {
    const list = this.#handlers.get(shortcut) ?? [];
    this.#handlers.set(shortcut, [...list, handler]);
    this.#changed();
    return () => {
      this.#handlers.set(
        shortcut,
        this.#handlers.get(shortcut)!.filter((other) => other !== handler),
      );
      this.#changed();
    };
  }

  /** @returns whether somebody acted. */
  run(shortcut: Shortcut): boolean {
    const handler = this.#handlers.get(shortcut)?.at(-1);
    return handler !== undefined && handler() !== false;
  }

  has(shortcut: Shortcut): boolean {
    return (this.#handlers.get(shortcut)?.length ?? 0) > 0;
  }

  readonly handle = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const chord = chordOf(event);
    if (chord === null || enterIsTaken(chord, event.target)) return;
    const before =
      this.#before && event.timeStamp - this.#before.at < SEQUENCE_MS ? this.#before.chord : null;
    this.#before = null;
    const shortcut = shortcutFor(this.shortcuts, chord, before, (placed) => this.has(placed));
    if (shortcut === null) return;
    const quiet = typing(event.target) || elsewhere(event.target);
    if (shortcut === 'prefix') {
      if (!quiet) this.#before = { chord, at: event.timeStamp };
      return;
    }
    if (quiet && !shortcut.whileTyping) return;
    if (this.run(shortcut)) event.preventDefault();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly version = (): number => this.#version;

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

const KeyboardContext = createContext<Keyboard | null>(null);

/** @param props.shortcuts the same list at every render */
export function KeyboardProvider(props: { shortcuts: readonly Shortcut[]; children: ReactNode }) {
  const { shortcuts, children } = props;
  const keyboard = useMemo(() => new Keyboard(shortcuts), [shortcuts]);
  useEffect(() => {
    window.addEventListener('keydown', keyboard.handle);
    return () => window.removeEventListener('keydown', keyboard.handle);
  }, [keyboard]);
  return <KeyboardContext value={keyboard}>{children}</KeyboardContext>;
}

export function useKeyboard(): Keyboard {
  const keyboard = useContext(KeyboardContext);
  if (!keyboard) throw new Error('useKeyboard outside of KeyboardProvider');
  return keyboard;
}

/** Handles a shortcut while this component is there; null leaves it to others. */
export function useShortcut(shortcut: Shortcut, handler: KeyHandler | null): void {
  const keyboard = useKeyboard();
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  const on = handler !== null;
  useEffect(
    () => (on ? keyboard.register(shortcut, () => latest.current?.()) : undefined),
    [keyboard, shortcut, on],
  );
}

/** Which shortcuts somebody handles now. */
export function useAvailable(): (shortcut: Shortcut) => boolean {
  const keyboard = useKeyboard();
  useSyncExternalStore(keyboard.subscribe, keyboard.version);
  return (shortcut) => keyboard.has(shortcut);
}
