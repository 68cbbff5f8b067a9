// Text that a person is typing, and what becomes of it when it could not be stored: it comes back to where it was typed,
// before what has been typed there since, also when that place was closed meanwhile.
import { useCallback, useEffect, useRef, useState } from 'react';
import { recall, remember } from './remember';

interface Draft {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** This text was taken out and could not be stored. */
  readonly putBack: (text: string) => void;
}

/** The places that are open, by key: how text is put before what stands there. */
const open = new Map<string, (put: (now: string) => string) => void>();

/**
 * @param key under which this browser remembers it; one place at a time shows it
 * @param between what stands between a text that comes back and what was typed since
 */
export function useDraft(key: string, between: string): Draft {
  const [text, setState] = useState(() => recall<string>(key) ?? '');
  const now = useRef(text);
  const setText = useCallback(
    (next: string) => {
      now.current = next;
      setState(next);
      remember(key, next || null);
    },
    [key],
  );
  useEffect(() => {
    const put = (change: (text: string) => string) => setText(change(now.current));
    open.set(key, put);
    return () => {
      if (open.get(key) === put) open.delete(key);
    };
  }, [key, setText]);
  const putBack = useCallback(
    (failed: string) => {
      const joined = (since: string) => (since.trim() ? failed + between + since : failed);
      const put = open.get(key);
      if (put) put(joined);
      else remember(key, joined(recall<string>(key) ?? ''));
    },
    [key, between],
  );
  return { text, setText, putBack };
}
