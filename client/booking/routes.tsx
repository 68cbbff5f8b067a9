// The addresses of bookings. The pages come as files of their own: the first paint does not wait for them.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { address, flag, oneOf, text, textLike } from '../kit/address';
import { workspaceRoute } from '../kit/routes';

const bookings = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/bookings',
  validateSearch: address({
    view: oneOf('day', 'week', 'month'),
    /** YYYY-MM-DD; absent: today. */
    date: textLike(/^\d{4}-\d{2}-\d{2}$/),
    resource: text,
    booking: text,
    cancelled: flag,
  }),
  component: lazyRouteComponent(() => import('./page'), 'BookingsPage'),
});

const resources = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/bookings/resources',
  component: lazyRouteComponent(() => import('./resources-page'), 'ResourcesPage'),
});

export const routes = [bookings, resources] as const;
