// Projects in the sidebar: those at work, and the archived ones on demand.

import { Link, useParams } from '@tanstack/react-router';
import clsx from 'clsx';
import { MoreHorizontal, Plus } from 'lucide-react';
import { useState } from 'react';
import { useWorkspace } from '../account';
import { IconButton } from '../kit/button';
import { Menu, MenuItem } from '../kit/menu';
import { useOverlays } from '../kit/overlays';
import { recall } from '../kit/remember';
import { sidebarEntry } from '../kit/sidebar-entry';
import { visible } from '../kit/visible';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { newProject } from './overlays';
import { ProjectBadge } from './project-badge';
import { useProjects } from './project-data';
import { RenameProject } from './project-dialogs';
import type { ProjectRow } from './project-queries';

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
        className={clsx(sidebarEntry, 'pr-8')}
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

export function ProjectsSection() {
  const workspace = useWorkspace();
  const { show } = useOverlays();
  const [archivedShown, setArchivedShown] = useState(false);
  const all = useProjects();
  const projects = all?.filter((project) => !project.archived);
  const archived = all?.filter((project) => project.archived) ?? [];
  return (
    <>
      <div className="flex items-center justify-between pr-0 pl-2">
        <h2 className="text-xs font-[550] text-ink-3">Projects</h2>
        <IconButton label="New project" reason={workspace.readOnly} onClick={() => show(newProject)}>
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
    </>
  );
}
