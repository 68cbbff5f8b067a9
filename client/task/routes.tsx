// The addresses of projects. They come with the first load: the board is what most people open first.
import { createRoute, Navigate, useParams } from '@tanstack/react-router';
import { recall } from '../kit/remember';
import { workspaceRoute } from '../kit/routes';
import { useCurrentProject } from './current-project';
import { filters } from './filters';
import { NoProject, ProjectPage } from './project-page';

/** A workspace without a page: its current project. */
const index = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/',
  component: function WorkspaceHome() {
    const { workspaceId } = useParams({ from: '/w/$workspaceId' });
    const projectId = useCurrentProject();
    const view = recall<string>(`view.${workspaceId}`) === 'list' ? 'list' : 'board';
    if (!projectId) return <NoProject />;
    return (
      <Navigate
        to={`/w/$workspaceId/p/$projectId/${view}`}
        params={{ workspaceId, projectId }}
        search={(old: object) => old}
        replace
      />
    );
  },
});

const board = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/p/$projectId/board',
  validateSearch: filters,
  component: () => <ProjectPage view="board" />,
});

const list = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/p/$projectId/list',
  validateSearch: filters,
  component: () => <ProjectPage view="list" />,
});

export const routes = [index, board, list] as const;
