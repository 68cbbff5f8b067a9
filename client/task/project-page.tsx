// A project: its board or its list, with the filters that both share.

import { Link, useParams, useSearch } from '@tanstack/react-router';
import { CloudDownload, FolderPlus, Kanban, List as ListIcon, Plus, SquareKanban } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { Empty } from '../kit/empty';
import { useOverlays } from '../kit/overlays';
import { Page } from '../kit/page-frame';
import { remember } from '../kit/remember';
import { tabStyle } from '../kit/tab-style';
import { useStatus, useStatusOf } from '../sync/react/store-context';
import { Board } from './board/board';
import { FilterBar } from './filter-bar';
import { filters as readFilters } from './filters';
import { List } from './list/list';
import { newProject, newTask } from './overlays';
import { ProjectBadge } from './project-badge';
import { useProjects } from './project-data';

export function ProjectPage({ view }: { view: 'board' | 'list' }) {
  const { workspaceId, projectId } = useParams({ strict: false }) as {
    workspaceId: string;
    projectId: string;
  };
  const search = useSearch({ strict: false });
  const key = JSON.stringify(readFilters(search));
  const filters = useMemo(() => readFilters(JSON.parse(key)), [key]);
  const workspace = useWorkspace();
  const projects = useProjects();
  const isHere = useStatusOf((status) => status.loading === null && status.upToDate);
  const { show } = useOverlays();
  useEffect(() => {
    remember(`project.${workspaceId}`, projectId);
    remember(`view.${workspaceId}`, view);
  }, [workspaceId, projectId, view]);
  const project = projects?.find((p) => p.id === projectId);
  const missing = projects !== undefined && !project && isHere;
  const View = view === 'board' ? Board : List;
  if (missing) {
    return (
      <Page title="Project">
        <Empty icon={<SquareKanban size={20} aria-hidden />} title="This project is not on this device">
          It may have been deleted, or it belongs to a workspace that you are not in.
        </Empty>
      </Page>
    );
  }
  return (
    <Page
      title={project?.name ?? 'Project'}
      icon={project ? <ProjectBadge projectKey={project.key} /> : null}
      tabs={
        <nav aria-label="View" className="ml-1 flex items-center gap-0.5">
          {(
            [
              ['board', 'Board', <Kanban key="i" size={14} aria-hidden />],
              ['list', 'List', <ListIcon key="i" size={14} aria-hidden />],
            ] as const
          ).map(([to, name, icon]) => (
            <Link
              key={to}
              to={`/w/$workspaceId/p/$projectId/${to}`}
              params={{ workspaceId, projectId }}
              search={(old: object) => old}
              aria-label={name}
              className={tabStyle}
              activeOptions={{ includeSearch: false }}
            >
              {icon}
              <span className="phone:hidden">{name}</span>
            </Link>
          ))}
        </nav>
      }
      actions={
        <Button
          size="sm"
          variant="primary"
          className="phone:hidden"
          reason={workspace.readOnly}
          onClick={() => show(newTask, { projectId })}
        >
          New task
        </Button>
      }
      bar={<FilterBar filters={filters} />}
    >
      <View key={projectId} projectId={projectId} filters={filters} />
      {workspace.readOnly ? null : (
        <button
          type="button"
          aria-label="New task"
          onClick={() => show(newTask, { projectId })}
          className="absolute right-4 bottom-[calc(16px+env(safe-area-inset-bottom))] z-10 flex size-12 items-center justify-center rounded-full bg-accent text-on-accent shadow-pop md:hidden"
        >
          <Plus size={22} aria-hidden />
        </button>
      )}
    </Page>
  );
}

/** Nothing is on this device yet: how far the copy has come, in rows. */
function FirstLoad() {
  const { loading, network, database } = useStatus();
  const known = loading !== null && loading.total > 0;
  return (
    <Empty
      icon={<CloudDownload size={20} aria-hidden />}
      title={
        known
          ? `Loading ${loading.rows.toLocaleString('en')} of ${Math.max(loading.rows, loading.total).toLocaleString('en')} rows`
          : database === 'opening'
            ? 'Opening the database'
            : network === 'offline'
              ? 'This workspace is not on this device yet'
              : 'Asking the server'
      }
      action={
        <progress
          aria-label="First load"
          {...(known
            ? { value: loading.rows, max: Math.max(loading.rows, loading.total) }
            : { value: 0, max: 1 })}
          className="h-1.5 w-56 overflow-hidden rounded-full [&::-webkit-progress-bar]:bg-press [&::-webkit-progress-value]:bg-accent"
        />
      }
    >
      {network === 'offline'
        ? 'It comes as soon as there is a connection.'
        : 'Once it is here, everything works without a network.'}
    </Empty>
  );
}

/** A workspace without a place in it: the last project, or how to make one. */
export function NoProject() {
  const workspace = useWorkspace();
  const projects = useProjects();
  const { show } = useOverlays();
  const status = useStatus();
  const loading = projects === undefined || status.loading !== null;
  return (
    <Page title={workspace.name}>
      {loading ? (
        <FirstLoad />
      ) : (
        <Empty
          icon={<FolderPlus size={20} aria-hidden />}
          title="Start with a project"
          action={
            <Button variant="primary" reason={workspace.readOnly} onClick={() => show(newProject)}>
              New project
            </Button>
          }
        >
          A project holds the tasks of one piece of work. It works the same with and without a network.
        </Empty>
      )}
    </Page>
  );
}
