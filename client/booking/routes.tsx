// The addresses of bookings. The pages come as files of their own: the first paint does not wait for them.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';
import { optionalText, workspaceRoute } from '../kit/routes';

const bookings = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/bookings',
  validateSearch: z.object({
    view: z.enum(['day', 'week', 'month']).optional().catch(undefined),
    /** YYYY-MM-DD; absent: today. */
    date: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .optional()
      .catch(undefined),
    resource: optionalText,
    booking: optionalText,
    cancelled: z.boolean().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('./page'), 'BookingsPage'),
});

const resources = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/bookings/resources',
  component: lazyRouteComponent(() => import('./resources-page'), 'ResourcesPage'),
});

export const routes = [bookings, resources] as const;
