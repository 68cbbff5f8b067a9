// The places of accounts in the app.
import { LogOut, Users } from 'lucide-react';
import type { Command, Feature } from '../kit/feature';
import { later } from '../kit/later';
import { shows, useOverlays } from '../kit/overlays';
import * as overlays from './overlays';
import { outerRoutes, routes } from './routes';
import { useWorkspace } from './workspace';

function useCommands(): readonly Command[] {
  const { show } = useOverlays();
  return [
    {
      group: 'More',
      name: 'Sign out',
      icon: <LogOut size={15} />,
      stay: true,
      run: () => show(overlays.signOut),
    },
  ];
}

export const account = {
  name: 'account',
  named: [{ table: 'member', canReplace: true, useRows: () => useWorkspace().members }],
  outerRoutes,
  routes,
  places: [
    {
      name: 'Members',
      icon: Users,
      to: '/w/$workspaceId/members',
      shortcuts: [{ title: 'Go to members', keys: ['g m'], group: 'Go to' }],
      keywords: ['invite', 'people'],
      at: 70,
      sidebar: 'above',
    },
  ],
  useCommands,
  overlays: [
    shows(
      overlays.signIn,
      later(() => import('./sign-in-dialog').then((m) => m.SignInDialog)),
    ),
    shows(
      overlays.signOut,
      later(() => import('./sign-out').then((m) => m.SignOutDialog)),
    ),
    shows(
      overlays.newWorkspace,
      later(() => import('./new-workspace').then((m) => m.NewWorkspace)),
    ),
  ],
  settings: () => import('./settings').then(({ settings }) => settings),
} satisfies Feature;
