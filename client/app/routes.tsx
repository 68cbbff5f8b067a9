// The addresses of the application: those of all features, below the frame of a workspace or outside of it.
import { type AnyRoute, createRouter, Outlet } from '@tanstack/react-router';
import type { Feature } from '../kit/feature';
import { rootRoute, workspaceRoute } from '../kit/routes';
import { features } from './features';
import { WorkspaceLayout } from './shell/layout';
import { Lost } from './shell/lost';
import { PageFault } from './shell/page-fault';

type Described = (typeof features)[number];
/** The routes of the features, each with its own type: from them links and addresses are checked. */
type RoutesOf<F, K extends string> = F extends { [key in K]: readonly (infer R extends AnyRoute)[] }
  ? R
  : never;

const described: readonly Feature[] = features;
const routes = described.flatMap((feature) => feature.routes ?? []) as RoutesOf<Described, 'routes'>[];
const outerRoutes = described.flatMap((feature) => feature.outerRoutes ?? []) as RoutesOf<
  Described,
  'outerRoutes'
>[];

export const router = createRouter({
  routeTree: rootRoute
    .update({ component: Outlet, notFoundComponent: Lost })
    .addChildren([...outerRoutes, workspaceRoute.update({ component: WorkspaceLayout }).addChildren(routes)]),
  defaultPreload: false,
  defaultErrorComponent: PageFault,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
