// The addresses of pages. The editor comes as a file of its own: the first paint does not wait for it.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { address, oneOf, text } from '../kit/address';
import { workspaceRoute } from '../kit/routes';

const document = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/d/$pageId',
  validateSearch: address({ find: text }),
  component: lazyRouteComponent(() => import('./page'), 'DocumentPage'),
});

const pages = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/pages',
  validateSearch: address({ show: oneOf('archive', 'bin') }),
  component: lazyRouteComponent(() => import('./tree/pages-page'), 'PagesPage'),
});

export const routes = [document, pages] as const;
