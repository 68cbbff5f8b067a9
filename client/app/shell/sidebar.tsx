// The sidebar: workspace, search, inbox, projects, members, settings.
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import clsx from 'clsx';
import { parseISO } from 'date-fns';
import {
  CalendarRange,
  Inbox,
  Keyboard,
  MoreHorizontal,
  Package,
  Plus,
  Search,
  Settings,
  SquarePen,
  Users,
} from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { type ProjectRow, useWorkspace } from '../../account/workspace';
import { IconButton } from '../../kit/button';
import { Keys } from '../../kit/kbd';
import { Menu, MenuItem } from '../../kit/menu';
import { recall } from '../../kit/remember';
import { visible } from '../../kit/visible';
import { format } from '../../kit/when';
import { StockBadge } from '../../stock/badge';
import { useAct } from '../../sync/react/act';
import { useStatus, useStore } from '../../sync/react/store-context';
import { RenameProject } from '../../task/project-dialogs';
import { useOverlays } from './overlays';
import { useSidebar } from './sidebar-state';
import { WorkspaceMenu } from './workspace-menu';

/** A file of its own: the first paint does not wait for it. */
const PagesSection = lazy(() =>
  import('../../page/tree/pages-section').then(({ PagesSection: section }) => ({ default: section })),
);

const entry =
  'group flex h-7 items-center gap-2.5 rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-press aria-[current=page]:text-ink aria-[current=page]:font-[550]';

function Entry(props: { to: string; icon: ReactNode; children: ReactNode; after?: ReactNode }) {
  const workspace = useWorkspace();
  return (
    <Link
      to={props.to}
      params={{ workspaceId: workspace.id }}
      className={entry}
      activeOptions={{ includeSearch: false }}
    >
      <span className="text-ink-3">{props.icon}</span>
      <span className="flex-1 truncate">{props.children}</span>
      {props.after}
    </Link>
  );
}

export function ProjectBadge({ projectKey }: { projectKey: string }) {
  return (
    <span
      aria-hidden
      className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-[5px] bg-accent-soft px-1 text-[9.5px] font-[650] tracking-[0.02em] text-accent-ink"
    >
      {projectKey.slice(0, 3)}
    </span>
  );
}

function ProjectEntry({ project }: { project: ProjectRow }) {
  const workspace = useWorkspace();
  const store = useStore();
  const act = useAct();
  const [renaming, setRenaming] = useState(false);
  const { projectId: openProject } = useParams({ strict: false }) as { projectId?: string };
  const view = recall<string>(`view.${workspace.id}`) === 'list' ? 'list' : 'board';
  const archive = () =>
    act(
      `archive of ${project.name}`,
      [store.db.updateTable('project').set({ archived: !project.archived }).where('id', '=', project.id)],
      { say: project.archived ? `${project.name} is back` : `${project.name} is archived` },
    );
  return (
    <div className="group/project relative">
      <Link
        to={`/w/$workspaceId/p/$projectId/${view}`}
        params={{ workspaceId: workspace.id, projectId: project.id }}
        className={clsx(entry, 'pr-8')}
        activeProps={{}}
        aria-current={openProject === project.id ? 'page' : undefined}
      >
        <ProjectBadge projectKey={project.key} />
        <span className="flex-1 truncate">{visible(project.name, 'No visible name')}</span>
      </Link>
      <div className="absolute top-0 right-0 opacity-0 group-focus-within/project:opacity-100 group-hover/project:opacity-100 has-[[data-state=open]]:opacity-100">
        <Menu
          label={`Actions for ${project.name}`}
          trigger={
            <IconButton label={`Actions for ${project.name}`}>
              <MoreHorizontal size={14} aria-hidden />
            </IconButton>
          }
        >
          <MenuItem
            disabled={workspace.readOnly !== null}
            note={workspace.readOnly}
            onSelect={() => setRenaming(true)}
          >
            Rename
          </MenuItem>
          <MenuItem disabled={workspace.readOnly !== null} onSelect={() => void archive()}>
            {project.archived ? 'Bring back' : 'Archive'}
          </MenuItem>
        </Menu>
      </div>
      <RenameProject project={project} open={renaming} onOpenChange={setRenaming} />
    </div>
  );
}

function Contents() {
  const workspace = useWorkspace();
  const status = useStatus();
  const { show } = useOverlays();
  const [archivedShown, setArchivedShown] = useState(false);
  const projects = workspace.projects?.filter((project) => !project.archived);
  const archived = workspace.projects?.filter((project) => project.archived) ?? [];
  return (
    <nav aria-label="Workspace" className="flex h-full flex-col gap-4 px-2 py-2">
      <div className="flex items-center gap-1">
        <WorkspaceMenu />
        <IconButton
          label="New task"
          keys="c"
          reason={workspace.readOnly}
          onClick={() => show({ kind: 'new-task' })}
          className="bg-surface shadow-card"
        >
          <SquarePen size={15} aria-hidden />
        </IconButton>
      </div>
      <div className="flex flex-col gap-px">
        <Entry to="/w/$workspaceId/search" icon={<Search size={15} aria-hidden />} after={<Keys keys="/" />}>
          Search
        </Entry>
        <Entry
          to="/w/$workspaceId/inbox"
          icon={<Inbox size={15} aria-hidden />}
          after={
            status.attention > 0 ? (
              <span className="rounded-full bg-warn-soft px-1.5 text-2xs font-[600] text-warn tabular-nums">
                {status.attention}
              </span>
            ) : null
          }
        >
          Inbox
        </Entry>
        <Entry to="/w/$workspaceId/bookings" icon={<CalendarRange size={15} aria-hidden />}>
          Bookings
        </Entry>
        <Entry
          to="/w/$workspaceId/stock"
          icon={<Package size={15} aria-hidden />}
          after={<StockBadge workspaceId={workspace.id} />}
        >
          Stock
        </Entry>
        <Entry to="/w/$workspaceId/members" icon={<Users size={15} aria-hidden />}>
          Members
        </Entry>
      </div>
      <div className="-mx-1 flex min-h-0 flex-1 flex-col overflow-y-auto px-1">
        <div className="flex items-center justify-between pr-0 pl-2">
          <h2 className="text-xs font-[550] text-ink-3">Projects</h2>
          <IconButton
            label="New project"
            reason={workspace.readOnly}
            onClick={() => show({ kind: 'new-project' })}
          >
            <Plus size={14} aria-hidden />
          </IconButton>
        </div>
        <div className="mb-3 flex flex-col gap-px">
          {projects === undefined
            ? [62, 84, 48].map((width) => (
                <div key={width} className="flex h-7 items-center gap-2.5 px-2" aria-hidden>
                  <span className="skeleton size-[18px]" />
                  <span className="skeleton h-2.5" style={{ width }} />
                </div>
              ))
            : projects.map((project) => <ProjectEntry key={project.id} project={project} />)}
          {projects?.length === 0 ? <p className="px-2 py-1 text-ink-3">No projects yet</p> : null}
          {archived.length > 0 ? (
            <button
              type="button"
              aria-expanded={archivedShown}
              onClick={() => setArchivedShown(!archivedShown)}
              className="mt-1 h-7 rounded-md px-2 text-left text-xs text-ink-3 hover:bg-hover"
            >
              {archivedShown ? 'Hide archived' : `Archived (${archived.length})`}
            </button>
          ) : null}
          {archivedShown
            ? archived.map((project) => <ProjectEntry key={project.id} project={project} />)
            : null}
        </div>
        <Suspense>
          <PagesSection />
        </Suspense>
      </div>
      <div className="flex items-center gap-px">
        <div className="flex-1">
          <Entry to="/w/$workspaceId/settings" icon={<Settings size={15} aria-hidden />}>
            Settings
          </Entry>
        </div>
        <IconButton label="Keyboard shortcuts" keys="?" onClick={() => show({ kind: 'help' })}>
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

export function useGoTo() {
  const navigate = useNavigate();
  const { id } = useWorkspace();
  return {
    page: (page: 'bookings' | 'inbox' | 'pages' | 'search' | 'members' | 'settings' | 'stock') =>
      navigate({ to: `/w/$workspaceId/${page}`, params: { workspaceId: id } }),
    booking: (bookingId: string, at: string) =>
      navigate({
        to: '/w/$workspaceId/bookings',
        params: { workspaceId: id },
        search: { view: 'day', date: format(parseISO(at), 'yyyy-MM-dd'), booking: bookingId },
      }),
    /** @param find the words of a search, whose places in the page are shown */
    document: (pageId: string, find?: string) =>
      navigate({
        to: '/w/$workspaceId/d/$pageId',
        params: { workspaceId: id, pageId },
        search: find ? { find } : {},
      }),
    project: (projectId: string, view: 'board' | 'list') =>
      navigate({ to: `/w/$workspaceId/p/$projectId/${view}`, params: { workspaceId: id, projectId } }),
  };
}
