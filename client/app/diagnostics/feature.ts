// The place of the diagnostics in the app: reached from the settings, the sync chip, the palette and the line that says
// that the database could not be opened.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Activity } from 'lucide-react';
import type { Feature } from '../../kit/feature';
import { workspaceRoute } from '../../kit/routes';

const route = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/diagnostics',
  component: lazyRouteComponent(() => import('./page'), 'DiagnosticsPage'),
});

export const diagnostics = {
  name: 'diagnostics',
  routes: [route],
  places: [
    {
      name: 'Diagnostics',
      icon: Activity,
      to: '/w/$workspaceId/diagnostics',
      shortcuts: [{ title: 'Go to diagnostics', keys: ['g d'], group: 'Go to' }],
      keywords: ['database', 'storage', 'backup', 'restore', 'reset', 'sync'],
      at: 90,
    },
  ],
} satisfies Feature;
