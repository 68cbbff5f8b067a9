// POST /api/workspaces/:id/members/:memberId/password-link: an owner's help for somebody who forgot their password, where
// the server sends no e-mail. The link is shown once, works once, and runs out.
import { Hono } from 'hono';
import { uuidParam } from '../sync/body';
import { ApiFailure } from '../sync/errors';
import { publicOrigin } from '../sync/origin';
import type { Auth } from './auth';
import type { AccountDeps } from './deps';
import { requireRole } from './membership';
import { hashOf, ownsAllOf } from './password-link-rule';

const DAY = 24 * 60 * 60;

export function passwordLinkRoutes(deps: AccountDeps, auth: Auth, publicUrl: string | null): Hono {
  const app = new Hono();
  app.post('/:id/members/:memberId/password-link', async (c) => {
    const person = await deps.person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    const memberId = uuidParam(c, 'memberId');
    await requireRole(deps.pool, person.id, workspaceId, ['owner']);
    const { rows } = await deps.pool.query<{ user_id: string }>(
      'select user_id from member where id = $1 and workspace_id = $2',
      [memberId, workspaceId],
    );
    const userId = rows[0]?.user_id;
    if (!userId) {
      throw new ApiFailure('not-found', 'This person is not a member of the workspace any more.');
    }
    if (userId === person.id) {
      throw new ApiFailure('conflict', 'This is you: change your own password in Settings.');
    }
    if (auth.mails) {
      throw new ApiFailure(
        'conflict',
        'They can have a link sent by e-mail: “Forgot password?” when signing in.',
      );
    }
    if (!(await ownsAllOf(deps.pool, person.id, userId))) {
      throw new ApiFailure(
        'forbidden',
        'A password opens every workspace of a person, so only somebody who owns all of theirs can make this link.',
      );
    }
    const token = await auth.passwordToken(userId, DAY);
    await deps.pool.query(
      `insert into auth.password_link (token_hash, user_id, workspace_id, created_by, expires_at)
         values ($1, $2, $3, $4, now() + $5 * interval '1 second')`,
      [hashOf(token), userId, workspaceId, person.id, DAY],
    );
    deps.log(`accounts: ${person.email} made a password link for member ${memberId}`);
    return c.json({ url: `${publicOrigin(publicUrl, c.req.raw)}/new-password/${token}` }, 201);
  });
  return app;
}
