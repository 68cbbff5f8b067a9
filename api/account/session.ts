// GET /api/session: who is signed in, which workspaces they are in, which server this is and how far it has come.
import { Hono } from 'hono';
import { mark, type SessionAnswer } from '../../db/sync/wire';
import type { ApiDeps } from '../deps';
import type { Auth } from './auth';
import { membershipsOf } from './membership';

export function sessionRoutes(deps: ApiDeps, auth: Auth): Hono {
  const app = new Hono();
  app.get('/', async (c) => {
    const { person, cookies } = await auth.session(c.req.raw);
    const told = mark.safeParse({ epoch: c.req.query('epoch'), version: c.req.query('version') });
    const [{ memberships, tag }, place, lostFrom] = await Promise.all([
      membershipsOf(deps.reads, person.id),
      deps.lineage.place(),
      told.success ? deps.lineage.lostFrom(told.data) : null,
    ]);
    for (const cookie of cookies) c.header('set-cookie', cookie, { append: true });
    c.header('cache-control', 'no-store');
    const answer: SessionAnswer = {
      user: person,
      memberships,
      membershipsTag: tag,
      ...place,
      lostFrom,
      now: Date.now(),
      migration: deps.migration,
    };
    return c.json(answer);
  });
  return app;
}
