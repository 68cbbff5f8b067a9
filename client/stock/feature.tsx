// The places of stock in the app.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Package } from 'lucide-react';
import { lazy } from 'react';
import { address, text } from '../kit/address';
import type { Feature } from '../kit/feature';
import { workspaceRoute } from '../kit/routes';
import { StockBadge } from './badge';

const route = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/stock',
  validateSearch: address({ item: text }),
  component: lazyRouteComponent(() => import('./page'), 'StockPage'),
});

/** A file of its own: nothing on the screen waits for it, and a page without it only sends later. */
const StockSender = lazy(() =>
  import('./sender').then(
    ({ StockSender: sender }) => ({ default: sender }),
    () => ({ default: () => null }),
  ),
);

export const stock = {
  name: 'stock',
  routes: [route],
  places: [
    {
      name: 'Stock',
      icon: Package,
      to: '/w/$workspaceId/stock',
      shortcuts: [{ title: 'Go to stock', keys: ['g k'], group: 'Go to' }],
      keywords: ['items', 'places', 'quantity', 'take', 'move'],
      at: 60,
      sidebar: 'above',
      After: StockBadge,
    },
  ],
  Background: StockSender,
} satisfies Feature;
