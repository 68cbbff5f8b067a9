// Which task the keyboard means: the one in the panel, or else the one that has the focus on the board or in the list.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';

interface Focused {
  readonly focusedId: string | null;
  readonly setFocusedId: (id: string | null) => void;
}

const FocusedContext = createContext<Focused | null>(null);

export function FocusedTaskProvider({ children }: { children: ReactNode }) {
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const value = useMemo(() => ({ focusedId, setFocusedId }), [focusedId]);
  return <FocusedContext value={value}>{children}</FocusedContext>;
}

export function useFocusedTask(): Focused {
  const value = useContext(FocusedContext);
  if (!value) throw new Error('useFocusedTask outside of FocusedTaskProvider');
  return value;
}

/** The task in the panel, as the address says. */
export function useOpenTask(): { openId: string | null; open: (id: string) => void; close: () => void } {
  const search = useSearch({ strict: false }) as { task?: string };
  const navigate = useNavigate();
  const openId = search.task ?? null;
  const open = useCallback(
    (id: string) =>
      void navigate({ to: '.', search: (old: object) => ({ ...old, task: id }), replace: openId !== null }),
    [navigate, openId],
  );
  const close = useCallback(
    () => void navigate({ to: '.', search: (old: object) => ({ ...old, task: undefined }) }),
    [navigate],
  );
  return useMemo(() => ({ openId, open, close }), [openId, open, close]);
}
