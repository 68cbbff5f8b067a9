// The two routes that everything else hangs on. A feature makes its routes below them; the app gives them their
// components and puts all of it together.
import { createRootRoute, createRoute } from '@tanstack/react-router';
import { address, text } from './address';

export const rootRoute = createRootRoute();

/** A workspace; `task` is the one that is open beside the page. */
export const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/w/$workspaceId',
  validateSearch: address({ task: text }),
});
