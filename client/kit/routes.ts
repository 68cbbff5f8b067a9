// The two routes that everything else hangs on. A feature makes its routes below them; the app gives them their
// components and puts all of it together.
import { createRootRoute, createRoute } from '@tanstack/react-router';
import { z } from 'zod';

/** A word in the address that may be missing; what is no text is taken as missing. */
export const optionalText = z.string().optional().catch(undefined);

export const rootRoute = createRootRoute();

/** A workspace; `task` is the one that is open beside the page. */
export const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/w/$workspaceId',
  validateSearch: z.object({ task: optionalText }),
});
