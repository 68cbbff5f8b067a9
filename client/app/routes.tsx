// The addresses of the application.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
  redirect,
  useParams,
} from '@tanstack/react-router';
import { z } from 'zod';
import { InvitePage } from '../account/invite-page';
import { FirstWorkspacePage } from '../account/new-workspace';
import { currentSession, useSession } from '../account/session';
import { SignInPage } from '../account/sign-in-page';
import { recall } from '../kit/remember';
import { filters } from '../task/filters';
import { NoProject, ProjectPage } from '../task/project-page';
import { useCurrentProject } from './shell/global-keys';
import { WorkspaceLayout } from './shell/layout';
import { Lost } from './shell/lost';
import { PageFault } from './shell/page-fault';

const text = z.string().optional().catch(undefined);

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost });

const home = createRoute({
  getParentRoute: () => root,
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

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: z.object({ next: text }),
  beforeLoad: ({ search }) => {
    // Whoever is remembered on this device goes on working, also when the session has ended (A3).
    if (currentSession() && !search.next) throw redirect({ to: '/' });
  },
  component: SignInPage,
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('../account/forgot-password-page'), 'ForgotPasswordPage'),
});
const newPassword = createRoute({
  getParentRoute: () => root,
  path: '/new-password/$token',
  component: lazyRouteComponent(() => import('../account/new-password-page'), 'NewPasswordPage'),
});

const invite = createRoute({ getParentRoute: () => root, path: '/invite/$token', component: InvitePage });

const workspace = createRoute({
  getParentRoute: () => root,
  path: '/w/$workspaceId',
  validateSearch: z.object({ task: text }),
  component: WorkspaceLayout,
});

const index = createRoute({
  getParentRoute: () => workspace,
  path: '/',
  component: function WorkspaceHome() {
    const { workspaceId } = useParams({ from: '/w/$workspaceId' });
    const projectId = useCurrentProject();
    const view = recall<string>(`view.${workspaceId}`) === 'list' ? 'list' : 'board';
    if (!projectId) return <NoProject />;
    return (
      <Navigate
        to={`/w/$workspaceId/p/$projectId/${view}`}
        params={{ workspaceId, projectId }}
        search={(old: object) => old}
        replace
      />
    );
  },
});

const board = createRoute({
  getParentRoute: () => workspace,
  path: '/p/$projectId/board',
  validateSearch: filters,
  component: () => <ProjectPage view="board" />,
});

const list = createRoute({
  getParentRoute: () => workspace,
  path: '/p/$projectId/list',
  validateSearch: filters,
  component: () => <ProjectPage view="list" />,
});

const inbox = createRoute({
  getParentRoute: () => workspace,
  path: '/inbox',
  component: lazyRouteComponent(() => import('./inbox/page'), 'InboxPage'),
});
const search = createRoute({
  getParentRoute: () => workspace,
  path: '/search',
  validateSearch: z.object({ q: text }),
  component: lazyRouteComponent(() => import('../search/page'), 'SearchPage'),
});
/** Pages beside the board come as files of their own: the first paint does not wait for them. */
const bookings = createRoute({
  getParentRoute: () => workspace,
  path: '/bookings',
  validateSearch: z.object({
    view: z.enum(['day', 'week', 'month']).optional().catch(undefined),
    /** YYYY-MM-DD; absent: today. */
    date: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .optional()
      .catch(undefined),
    resource: text,
    booking: text,
    cancelled: z.boolean().optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../booking/page'), 'BookingsPage'),
});
const resources = createRoute({
  getParentRoute: () => workspace,
  path: '/bookings/resources',
  component: lazyRouteComponent(() => import('../booking/resources-page'), 'ResourcesPage'),
});
const stock = createRoute({
  getParentRoute: () => workspace,
  path: '/stock',
  validateSearch: z.object({ item: text }),
  component: lazyRouteComponent(() => import('../stock/page'), 'StockPage'),
});
/** The editor comes as a file of its own, too. */
const document = createRoute({
  getParentRoute: () => workspace,
  path: '/d/$pageId',
  validateSearch: z.object({ find: text }),
  component: lazyRouteComponent(() => import('../page/page'), 'DocumentPage'),
});
const pages = createRoute({
  getParentRoute: () => workspace,
  path: '/pages',
  validateSearch: z.object({ show: z.enum(['archive', 'bin']).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../page/tree/pages-page'), 'PagesPage'),
});
const settings = createRoute({
  getParentRoute: () => workspace,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/page'), 'SettingsPage'),
});
const members = createRoute({
  getParentRoute: () => workspace,
  path: '/members',
  component: lazyRouteComponent(() => import('../account/members-page'), 'MembersPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    invite,
    forgotPassword,
    newPassword,
    workspace.addChildren([
      index,
      board,
      list,
      inbox,
      search,
      bookings,
      resources,
      stock,
      document,
      pages,
      settings,
      members,
    ]),
  ]),
  defaultPreload: false,
  defaultErrorComponent: PageFault,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
