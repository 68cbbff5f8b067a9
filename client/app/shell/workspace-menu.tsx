// The workspace switcher: other workspaces, a new one, who is signed in.
import { useNavigate } from '@tanstack/react-router';
import { Check, ChevronsUpDown, LogOut, Plus } from 'lucide-react';
import { newWorkspace, signOut } from '../../account/overlays';
import { useSession } from '../../account/session';
import { useWorkspace } from '../../account/workspace';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../../kit/menu';
import { useOverlays } from '../../kit/overlays';
import { useIsOffline } from '../../sync/react/store-context';

export function WorkspaceTile({ name, size = 20 }: { name: string; size?: number }) {
  return (
    <span
      aria-hidden
      className="inline-flex shrink-0 items-center justify-center rounded-[5px] bg-accent text-2xs font-[650] text-on-accent"
      style={{ width: size, height: size }}
    >
      {(name.trim()[0] ?? '?').toUpperCase()}
    </span>
  );
}

export function WorkspaceMenu() {
  const workspace = useWorkspace();
  const session = useSession();
  const offline = useIsOffline();
  const navigate = useNavigate();
  const { show } = useOverlays();
  return (
    <Menu
      label="Workspaces"
      trigger={
        <button
          type="button"
          aria-label={`Workspace: ${workspace.name}`}
          className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 hover:bg-hover data-[state=open]:bg-press"
        >
          <WorkspaceTile name={workspace.name} />
          <span className="min-w-0 truncate text-sm font-[600]">{workspace.name}</span>
          <ChevronsUpDown size={13} className="shrink-0 text-ink-3" aria-hidden />
        </button>
      }
    >
      <MenuLabel>Workspaces</MenuLabel>
      {(session?.memberships ?? []).map((membership) => (
        <MenuItem
          key={membership.workspaceId}
          icon={membership.workspaceId === workspace.id ? <Check size={14} aria-label="open" /> : <span />}
          onSelect={() =>
            void navigate({ to: '/w/$workspaceId', params: { workspaceId: membership.workspaceId } })
          }
        >
          {membership.name}
        </MenuItem>
      ))}
      <MenuItem
        icon={<Plus size={14} />}
        disabled={offline}
        note={offline ? 'Needs a connection' : null}
        onSelect={() => show(newWorkspace)}
      >
        New workspace
      </MenuItem>
      <MenuLine />
      <MenuLabel>
        {session?.user.name}
        <span className="block">{session?.user.email}</span>
      </MenuLabel>
      <MenuItem icon={<LogOut size={14} />} onSelect={() => show(signOut)}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
