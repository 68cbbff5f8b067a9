// A person's own account: where they are signed in, and setting a new password by a link.
import { Hono } from 'hono';
import { ApiFailure } from '../sync/errors';
import type { Auth } from './auth';

/** What a page needs to know before anybody is signed in. */
export interface AccountOptions {
  signUp: 'open' | 'invite';
  /** Whether a link to a new password can be asked for by e-mail. */
  passwordByMail: boolean;
}

export interface SessionRow {
  id: string;
  /** Of the request that asks. */
  current: boolean;
  /** ISO 8601. */
  signedInAt: string;
  /** ISO 8601, to the day: sessions are prolonged once a day. */
  usedAt: string;
  /** The browser's own words about itself; null when it said nothing. */
  agent: string | null;
}

/** GET options and password-links/:token need no session; the link is the secret. */
export function accountRoutes(auth: Auth): Hono {
  const app = new Hono();
  app.get('/options', async (c) => {
    const options: AccountOptions = { signUp: await auth.signUpBy(), passwordByMail: auth.mails };
    c.header('cache-control', 'no-store');
    return c.json(options);
  });
  app.get('/password-links/:token', async (c) => {
    const holder = await auth.holderOf(c.req.param('token'));
    if (!holder) throw new ApiFailure('not-found', 'This link was used or has run out. Ask for a new one.');
    c.header('cache-control', 'no-store');
    return c.json({ email: holder.email });
  });
  app.get('/sessions', async (c) => {
    const { person, sessionId } = await auth.session(c.req.raw);
    const { rows } = await auth.pool.query<Omit<SessionRow, 'current'>>(
      `select id, "createdAt" as "signedInAt", "updatedAt" as "usedAt", nullif("userAgent", '') as agent
         from auth.session where "userId" = $1 and "expiresAt" > now() order by "updatedAt" desc, id`,
      [person.id],
    );
    c.header('cache-control', 'no-store');
    return c.json({ sessions: rows.map((row) => ({ ...row, current: row.id === sessionId })) });
  });
  app.delete('/sessions/:id', async (c) => {
    const { person } = await auth.session(c.req.raw);
    if (!(await auth.endSession(person.id, c.req.param('id')))) {
      throw new ApiFailure('not-found', 'This device is signed out already.');
    }
    return c.json({ id: c.req.param('id') });
  });
  return app;
}
