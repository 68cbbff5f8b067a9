// What can lie over the page: the palette, the new-task dialog, the help sheet, sign-in in place. One at a time.
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

export type TaskField = 'status' | 'priority' | 'assignee' | 'labels' | 'due' | 'project';

export type Overlay =
  | { kind: 'palette' }
  | { kind: 'task-field'; field: TaskField; taskId: string }
  | { kind: 'new-task'; status?: string; projectId?: string }
  | { kind: 'new-project' }
  | { kind: 'new-workspace' }
  | { kind: 'delete-task'; taskId: string }
  | { kind: 'help' }
  | { kind: 'sign-in' }
  | { kind: 'sign-out' };

interface Overlays {
  readonly overlay: Overlay | null;
  readonly show: (overlay: Overlay) => void;
  readonly hide: () => void;
}

const OverlaysContext = createContext<Overlays | null>(null);

export function OverlaysProvider({ children }: { children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const value = useMemo<Overlays>(
    () => ({ overlay, show: setOverlay, hide: () => setOverlay(null) }),
    [overlay],
  );
  return <OverlaysContext value={value}>{children}</OverlaysContext>;
}

export function useOverlays(): Overlays {
  const value = useContext(OverlaysContext);
  if (!value) throw new Error('useOverlays outside of OverlaysProvider');
  return value;
}
