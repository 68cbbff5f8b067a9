// GET /api/session: who is signed in, which workspaces they are in, which server this is and how far it has come.
import { Hono } from 'hono';
import { mark, type SessionAnswer } from '../../db/sync/wire';
import type { Lineage } from './lineage';
import { type Memberships, membershipsTag, membershipsText, requireOwner, type Sessions } from './sessions';

export interface SessionParts {
  readonly sessions: Sessions;
  readonly memberships: Memberships;
  readonly lineage: Lineage;
  /** Number of the newest migration of this program. */
  readonly migration: number;
}

export function sessionRoutes({ sessions, memberships, lineage, migration }: SessionParts): Hono {
  const app = new Hono();
  app.get('/', async (c) => {
    const { person, cookies } = await sessions.session(c.req.raw);
    requireOwner(c.req.raw, person.id);
    const told = mark.safeParse({ epoch: c.req.query('epoch'), version: c.req.query('version') });
    const [found, place, lostFrom] = await Promise.all([
      memberships.membershipsOf([person.id]),
      lineage.place(),
      told.success ? lineage.lostFrom(told.data) : null,
    ]);
    const theirs = [...(found.get(person.id) ?? [])];
    for (const cookie of cookies) c.header('set-cookie', cookie, { append: true });
    c.header('cache-control', 'no-store');
    const { id, name, email } = person;
    const answer: SessionAnswer = {
      // An app may know more of a person than their devices are to hear.
      user: { id, name, email },
      memberships: theirs,
      membershipsTag: membershipsTag(membershipsText(theirs)),
      ...place,
      lostFrom,
      now: Date.now(),
      migration,
    };
    return c.json(answer);
  });
  return app;
}
