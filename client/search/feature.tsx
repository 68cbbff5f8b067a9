// The places of search in the app.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { address, text } from '../kit/address';
import type { Feature } from '../kit/feature';
import { Keys } from '../kit/kbd';
import { workspaceRoute } from '../kit/routes';

const route = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/search',
  validateSearch: address({ q: text }),
  component: lazyRouteComponent(() => import('./page'), 'SearchPage'),
});

export const search = {
  name: 'search',
  routes: [route],
  places: [
    {
      name: 'Search',
      icon: Search,
      to: '/w/$workspaceId/search',
      shortcuts: [
        { title: 'Go to search', keys: ['g s'], group: 'Go to' },
        { title: 'Search everything', keys: ['/'], group: 'Everywhere', at: 20 },
      ],
      at: 10,
      sidebar: 'above',
      After: () => <Keys keys="/" />,
    },
  ],
} satisfies Feature;
