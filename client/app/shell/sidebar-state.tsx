// Whether the sidebar shows: beside the page on wide screens, as a drawer on phones.
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { recall, remember } from '../../kit/remember';

interface SidebarState {
  readonly shown: boolean;
  readonly drawer: boolean;
  readonly setDrawer: (open: boolean) => void;
  readonly toggle: () => void;
}

const SidebarContext = createContext<SidebarState | null>(null);

export function SidebarProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(() => recall<boolean>('sidebar') ?? true);
  const [drawer, setDrawer] = useState(false);
  const value = useMemo<SidebarState>(
    () => ({
      shown,
      drawer,
      setDrawer,
      toggle: () => {
        if (window.innerWidth < 768) return setDrawer((open) => !open);
        setShown(!shown);
        remember('sidebar', !shown);
      },
    }),
    [shown, drawer],
  );
  return <SidebarContext value={value}>{children}</SidebarContext>;
}

export function useSidebar(): SidebarState {
  const value = useContext(SidebarContext);
  if (!value) throw new Error('useSidebar outside of SidebarProvider');
  return value;
}
