// The sidebar: the workspace, the places of the features and their sections.
import { Link } from '@tanstack/react-router';
import { Keyboard } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { Suspense } from 'react';
import { useWorkspace } from '../../account';
import { IconButton } from '../../kit/button';
import { type Place, useFeatures } from '../../kit/feature';
import { useOverlays } from '../../kit/overlays';
import { sidebarEntry } from '../../kit/sidebar-entry';
import { help } from './overlays';
import { useSidebar } from './sidebar-state';
import { WorkspaceMenu } from './workspace-menu';

function Entry({ place: { to, icon: Icon, name, After } }: { place: Place }) {
  const workspace = useWorkspace();
  return (
    <Link
      to={to}
      params={{ workspaceId: workspace.id }}
      className={sidebarEntry}
      activeOptions={{ includeSearch: false }}
    >
      <span className="text-ink-3">
        <Icon size={15} aria-hidden />
      </span>
      <span className="flex-1 truncate">{name}</span>
      {After ? <After /> : null}
    </Link>
  );
}

function Contents() {
  const features = useFeatures();
  const { show } = useOverlays();
  const places = features.flatMap((feature) => feature.places ?? []).sort((a, b) => a.at - b.at);
  const entries = (where: Place['sidebar']) =>
    places.filter((place) => place.sidebar === where).map((place) => <Entry key={place.to} place={place} />);
  return (
    <nav aria-label="Workspace" className="flex h-full flex-col gap-4 px-2 py-2">
      <div className="flex items-center gap-1">
        <WorkspaceMenu />
        {features.map(({ name, SidebarButton }) => (SidebarButton ? <SidebarButton key={name} /> : null))}
      </div>
      <div className="flex flex-col gap-px">{entries('above')}</div>
      <div className="-mx-1 flex min-h-0 flex-1 flex-col overflow-y-auto px-1">
        {features.map(({ name, SidebarSection }) =>
          SidebarSection ? (
            <Suspense key={name}>
              <SidebarSection />
            </Suspense>
          ) : null,
        )}
      </div>
      <div className="flex items-center gap-px">
        <div className="flex-1">{entries('below')}</div>
        <IconButton label="Keyboard shortcuts" keys="?" onClick={() => show(help)}>
          <Keyboard size={15} aria-hidden />
        </IconButton>
      </div>
    </nav>
  );
}

export function Sidebar() {
  const { shown, drawer, setDrawer } = useSidebar();
  return (
    <>
      {shown ? (
        <div className="w-58 shrink-0 phone:hidden">
          <Contents />
        </div>
      ) : null}
      <Radix.Root open={drawer} onOpenChange={setDrawer}>
        <Radix.Portal>
          <Radix.Overlay className="anim-fade fixed inset-0 z-30 bg-overlay md:hidden" />
          <Radix.Content
            aria-describedby={undefined}
            className="anim-drawer fixed inset-y-0 left-0 z-40 w-70 bg-bg pb-[env(safe-area-inset-bottom)] shadow-pop md:hidden"
            onClick={(event) => (event.target as Element).closest('a') && setDrawer(false)}
          >
            <Radix.Title className="sr-only">Menu</Radix.Title>
            <Contents />
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </>
  );
}
