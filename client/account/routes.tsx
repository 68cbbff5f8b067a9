// The addresses of accounts: before one is signed in, and the members of a workspace.
import { createRoute, lazyRouteComponent, Navigate, redirect } from '@tanstack/react-router';
import { address, text } from '../kit/address';
import { later } from '../kit/later';
import { recall } from '../kit/remember';
import { rootRoute, workspaceRoute } from '../kit/routes';
import { currentSession, useSession } from './session';

const FirstWorkspacePage = later(() => import('./new-workspace').then((m) => m.FirstWorkspacePage));

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: function Home() {
    const session = useSession();
    if (!session) return <Navigate to="/sign-in" replace />;
    const last = recall<string>('workspace');
    const member = session.memberships.find((m) => m.workspaceId === last) ?? session.memberships[0];
    if (!member) return <FirstWorkspacePage />;
    return <Navigate to="/w/$workspaceId" params={{ workspaceId: member.workspaceId }} replace />;
  },
});

/** Where to go when one is signed in. */
const afterwards = address({ next: text });

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: afterwards,
  beforeLoad: ({ search }) => {
    // Whoever is remembered on this device goes on working, also when the session has ended (A3).
    if (currentSession() && !search.next) throw redirect({ to: '/' });
  },
  component: lazyRouteComponent(() => import('./sign-in-page'), 'SignInPage'),
});

const forgotPassword = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('./forgot-password-page'), 'ForgotPasswordPage'),
});

const newPassword = createRoute({
  getParentRoute: () => rootRoute,
  path: '/new-password/$token',
  component: lazyRouteComponent(() => import('./new-password-page'), 'NewPasswordPage'),
});

const invite = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invite/$token',
  component: lazyRouteComponent(() => import('./invite-page'), 'InvitePage'),
});

const members = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/members',
  component: lazyRouteComponent(() => import('./members-page'), 'MembersPage'),
});

export const outerRoutes = [home, signIn, invite, forgotPassword, newPassword] as const;
export const routes = [members] as const;
