// The places of the settings in the app. Their page is made of sections of the features, and of the app's own.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Settings } from 'lucide-react';
import type { Feature } from '../../kit/feature';
import { workspaceRoute } from '../../kit/routes';

/** @param features those whose sections stand in the settings */
export function settingsWith(features: readonly Feature[]) {
  const route = createRoute({
    getParentRoute: () => workspaceRoute,
    path: '/settings',
    component: lazyRouteComponent(async () => {
      const [{ SettingsPage }, ...sections] = await Promise.all([
        import('./page'),
        ...features.flatMap(({ settings }) => (settings ? [settings()] : [])),
      ]);
      return { default: () => <SettingsPage sections={sections.flat()} /> };
    }),
  });
  return {
    name: 'settings',
    routes: [route],
    places: [
      {
        name: 'Settings',
        icon: Settings,
        to: '/w/$workspaceId/settings',
        shortcuts: [{ title: 'Go to settings', keys: ['g ,'], group: 'Go to' }],
        keywords: ['import', 'storage', 'theme'],
        at: 80,
        sidebar: 'below',
      },
    ],
  } satisfies Feature;
}
