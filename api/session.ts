// GET /api/session: who is signed in, which workspaces they are in, and which server this is.
import { Hono } from 'hono';
import type { Auth } from './auth';
import type { ApiDeps } from './deps';

export interface SessionAnswer {
  user: { id: string; name: string; email: string };
  memberships: {
    workspaceId: string;
    memberId: string;
    role: 'owner' | 'member' | 'guest';
    /** The workspace's. */
    name: string;
  }[];
  /** The database's identity; another one means that a device's unsent counters start over (W2). */
  serverId: string;
  /** Milliseconds since 1970. */
  now: number;
  migration: number;
}

export function sessionRoutes(deps: ApiDeps, auth: Auth): Hono {
  const app = new Hono();
  app.get('/', async (c) => {
    const { person, cookies } = await auth.session(c.req.raw);
    const [memberships, server] = await Promise.all([
      deps.pool.query<SessionAnswer['memberships'][number]>(
        `select m.workspace_id as "workspaceId", m.id as "memberId", m.role, w.name
           from member m join workspace w on w.id = m.workspace_id
          where m.user_id = $1 order by m.created_at, w.name`,
        [person.id],
      ),
      deps.pool.query<{ id: string }>('select id from sync.server'),
    ]);
    for (const cookie of cookies) c.header('set-cookie', cookie, { append: true });
    c.header('cache-control', 'no-store');
    const answer: SessionAnswer = {
      user: person,
      memberships: memberships.rows,
      serverId: server.rows[0]!.id,
      now: Date.now(),
      migration: deps.migration,
    };
    return c.json(answer);
  });
  return app;
}
