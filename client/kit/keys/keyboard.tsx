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
import { chordOf, type Shortcut, type ShortcutId, shortcutFor, shortcuts } from './shortcuts';

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
  #handlers = new Map<ShortcutId, KeyHandler[]>();
  #listeners = new Set<() => void>();
  #before: { chord: string; at: number } | null = null;
  #version = 0;

  register(id: ShortcutId, handler: KeyHandler): () => void {
    const list = this.#handlers.get(id) ?? [];
    this.#handlers.set(id, [...list, handler]);
    this.#changed();
    return () => {
      this.#handlers.set(
        id,
        this.#handlers.get(id)!.filter((other) => other !== handler),
      );
      this.#changed();
    };
  }

  /** @returns whether somebody acted. */
  run(id: ShortcutId): boolean {
    const handler = this.#handlers.get(id)?.at(-1);
    return handler !== undefined && handler() !== false;
  }

  has(id: ShortcutId): boolean {
    return (this.#handlers.get(id)?.length ?? 0) > 0;
  }

  readonly handle = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const chord = chordOf(event);
    if (chord === null || enterIsTaken(chord, event.target)) return;
    const before =
      this.#before && event.timeStamp - this.#before.at < SEQUENCE_MS ? this.#before.chord : null;
    this.#before = null;
    const id = shortcutFor(chord, before, (placed) => this.has(placed));
    if (id === null) return;
    const quiet = typing(event.target) || elsewhere(event.target);
    if (id === 'prefix') {
      if (!quiet) this.#before = { chord, at: event.timeStamp };
      return;
    }
    const shortcut: Shortcut = shortcuts[id];
    if (quiet && !shortcut.whileTyping) return;
    if (this.run(id)) event.preventDefault();
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

export function KeyboardProvider({ children }: { children: ReactNode }) {
  const keyboard = useMemo(() => new Keyboard(), []);
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
export function useShortcut(id: ShortcutId, handler: KeyHandler | null): void {
  const keyboard = useKeyboard();
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  const on = handler !== null;
  useEffect(() => (on ? keyboard.register(id, () => latest.current?.()) : undefined), [keyboard, id, on]);
}

/** Which shortcuts somebody handles now. */
export function useAvailable(): (id: ShortcutId) => boolean {
  const keyboard = useKeyboard();
  useSyncExternalStore(keyboard.subscribe, keyboard.version);
  return (id) => keyboard.has(id);
}
