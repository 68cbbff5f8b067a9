// The addresses of pages. The editor comes as a file of its own: the first paint does not wait for it.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';
import { optionalText, workspaceRoute } from '../kit/routes';

const document = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/d/$pageId',
  validateSearch: z.object({ find: optionalText }),
  component: lazyRouteComponent(() => import('./page'), 'DocumentPage'),
});

const pages = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/pages',
  validateSearch: z.object({ show: z.enum(['archive', 'bin']).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('./tree/pages-page'), 'PagesPage'),
});

export const routes = [document, pages] as const;
