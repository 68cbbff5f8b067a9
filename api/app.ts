// Composes the API's routes and, behind them, the client's files.
import { Hono, type MiddlewareHandler } from 'hono';
import { accountRoutes } from './account/account';
import type { Auth } from './account/auth';
import { authRoutes } from './account/auth-routes';
import type { AccountDeps } from './account/deps';
import { inviteCreationRoutes, inviteRoutes } from './account/invites';
import { memberRoutes } from './account/members';
import { passwordLinkRoutes } from './account/password-links';
import { workspaceRoutes } from './account/workspaces';
import { feedAdminRoutes, feedRoutes } from './calendar/feeds';
import { fileRoutes } from './file/files';
import { type FileDeps, storageRoutes } from './file/storage';
import { type HealthDeps, healthRoutes } from './host/health';
import { stockRoutes } from './stock/stock';
import { errorHandler, failureResponse } from './sync/errors';
import type { Sync } from './sync/mount';
import { sameOrigin } from './sync/origin';

export interface AppDeps extends AccountDeps, FileDeps, HealthDeps {
  /** Sessions may have ended: whoever reads by one is cut off at once. */
  sessionsEnded(): void;
}

export interface AppParts {
  readonly deps: AppDeps;
  readonly auth: Auth;
  readonly sync: Sync;
  /** Whether the upstream answers, for the health check. */
  readonly shapesReady: () => Promise<boolean>;
  readonly publicUrl: string | null;
  /** Version in package.json. */
  readonly version: string;
  /** What answers outside /api: the built client, or the development server. */
  readonly client: MiddlewareHandler;
}

/** Routes after which sessions of the person may be over: what they had open ends, too. */
const endsSessions =
  /^\/api\/(auth\/(sign-out|revoke-[a-z-]+|change-password|reset-password)|account\/sessions\/[^/]+)$/;

export function createApp(parts: AppParts): Hono {
  const { auth, deps, sync } = parts;
  const app = new Hono();
  app.onError(errorHandler(deps.log));
  app.use('/api/*', sameOrigin(parts.publicUrl));
  app.use('/api/*', sync.entrance);
  app.route('/api/health', healthRoutes(deps, parts.version, parts.shapesReady));
  app.use('/api/*', async (c, next) => {
    await next();
    if (c.res.ok && c.req.method !== 'GET' && endsSessions.test(c.req.path)) deps.sessionsEnded();
  });
  app.route('/api/auth', authRoutes(auth));
  app.route('/api/account', accountRoutes(auth));
  app.route('/', sync.routes);
  app.route('/api/workspaces', workspaceRoutes(deps));
  app.route('/api/workspaces', inviteCreationRoutes(deps, parts.publicUrl));
  app.route('/api/workspaces', memberRoutes(deps));
  app.route('/api/workspaces', passwordLinkRoutes(deps, auth, parts.publicUrl));
  app.route('/api/workspaces', feedAdminRoutes(deps, parts.publicUrl));
  app.route('/api/workspaces', storageRoutes(deps));
  app.route('/api/feeds', feedRoutes(deps));
  app.route('/api/invites', inviteRoutes(deps));
  app.route('/api/stock', stockRoutes(deps));
  app.route('/api/files', fileRoutes(deps));
  app.all('/api/*', () => failureResponse('not-found', 'There is nothing at this address.'));
  app.use('*', parts.client);
  app.notFound(() => new Response('Not found\n', { status: 404 }));
  return app;
}
