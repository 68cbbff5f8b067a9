// The places of pages in the app.
import { FileText } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../kit/feature';
import { routes } from './routes';
import { pageShortcuts } from './shortcuts';

/** A file of its own: the first paint does not wait for it. */
const PagesSection = lazy(() =>
  import('./tree/pages-section').then(({ PagesSection: section }) => ({ default: section })),
);

export const page = {
  name: 'page',
  routes,
  places: [
    {
      name: 'Pages',
      icon: FileText,
      to: '/w/$workspaceId/pages',
      shortcuts: [{ title: 'Go to pages', keys: ['g p'], group: 'Go to' }],
      keywords: ['documents', 'bin', 'archive', 'import', 'export'],
      at: 50,
    },
  ],
  shortcuts: pageShortcuts,
  SidebarSection: PagesSection,
} satisfies Feature;
