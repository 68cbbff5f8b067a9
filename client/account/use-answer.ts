// One question to the server, asked when a page opens: its answer, or why there is none.
import { useEffect, useState } from 'react';
import { ApiError } from '../sync/react/request';

/** @param ask the same function at every render, or the question is asked again */
export function useAnswer<T>(ask: () => Promise<T>): {
  answer: T | null;
  error: string | null;
  again(): void;
} {
  const [state, setState] = useState<{ answer: T | null; error: string | null }>({
    answer: null,
    error: null,
  });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks anew
  useEffect(() => {
    let gone = false;
    ask().then(
      (answer) => gone || setState({ answer, error: null }),
      (cause: unknown) => {
        const error = cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.';
        if (!gone) setState((old) => ({ ...old, error }));
      },
    );
    return () => {
      gone = true;
    };
  }, [ask, round]);
  return { ...state, again: () => setRound((n) => n + 1) };
}
