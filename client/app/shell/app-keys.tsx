// The app's own shortcuts, and those that go to the places of the features.
import { useNavigate } from '@tanstack/react-router';
import { useWorkspace } from '../../account';
import { useFeatures } from '../../kit/feature';
import { useShortcut } from '../../kit/keys/keyboard';
import type { Shortcut } from '../../kit/keys/shortcuts';
import { useOverlays } from '../../kit/overlays';
import { useUndo } from '../../sync/react/act';
import * as overlays from './overlays';
import { appShortcuts } from './shortcuts';
import { useSidebar } from './sidebar-state';

function GoTo({ shortcut, to }: { shortcut: Shortcut; to: string }) {
  const navigate = useNavigate();
  const { id } = useWorkspace();
  useShortcut(shortcut, () => void navigate({ to, params: { workspaceId: id } }));
  return null;
}

export function AppKeys() {
  const { show } = useOverlays();
  const { undo, redo } = useUndo();
  const { toggle } = useSidebar();
  const places = useFeatures().flatMap((feature) => feature.places ?? []);
  useShortcut(appShortcuts.palette, () => show(overlays.palette));
  useShortcut(appShortcuts.help, () => show(overlays.help));
  useShortcut(appShortcuts.undo, () => void undo());
  useShortcut(appShortcuts.redo, () => void redo());
  useShortcut(appShortcuts.sidebar, toggle);
  return places.flatMap(({ to, shortcuts }) =>
    shortcuts.map((shortcut) => <GoTo key={shortcut.keys[0]} shortcut={shortcut} to={to} />),
  );
}
