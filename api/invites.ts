// Invitation links: made by an owner, shown once, good for seven days and for one person.
import { createHash, randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { readBody, uuidParam } from './body';
import type { ApiDeps } from './deps';
import { ApiFailure } from './errors';
import { inTransaction, type Role, requireRole, role } from './membership';
import { publicOrigin } from './origin';
import { addMember, type Joined } from './workspaces';

/** POST /api/workspaces/:id/invites */
export function inviteCreationRoutes(deps: ApiDeps, publicUrl: string | null): Hono {
  const app = new Hono();
  app.post('/:id/invites', async (c) => {
    const person = await deps.person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    const body = await readBody(c, z.object({ role }));
    await requireRole(deps.pool, person.id, workspaceId, ['owner']);
    const token = randomBytes(24).toString('base64url');
    await deps.pool.query(
      `insert into auth.invite (token_hash, workspace_id, role, created_by, expires_at)
         values ($1, $2, $3, $4, now() + interval '7 days')`,
      [hash(token), workspaceId, body.role, person.id],
    );
    return c.json({ url: `${publicOrigin(publicUrl, c.req.raw)}/invite/${token}` }, 201);
  });
  return app;
}

/** GET /api/invites/:token, which needs no session: the link is the secret; POST /api/invites/:token/accept */
export function inviteRoutes(deps: ApiDeps): Hono {
  const app = new Hono();
  app.get('/:token', async (c) => {
    const { rows } = await deps.pool.query<{ workspaceName: string; role: Role; invitedBy: string }>(
      `select w.name as "workspaceName", i.role, u.name as "invitedBy"
         from auth.invite i join workspace w on w.id = i.workspace_id join auth."user" u on u.id = i.created_by
        where i.token_hash = $1 and i.used_at is null and i.expires_at > now()`,
      [hash(c.req.param('token'))],
    );
    if (!rows[0]) throw spent();
    c.header('cache-control', 'no-store');
    return c.json(rows[0]);
  });
  app.post('/:token/accept', async (c) => {
    const person = await deps.person(c.req.raw);
    const token = c.req.param('token');
    const joined = await inTransaction(deps.pool, async (client): Promise<Joined> => {
      const found = await client.query<Invite>(
        `select i.id, i.workspace_id, i.role, i.used_at is null and i.expires_at > now() as open, w.name
           from auth.invite i join workspace w on w.id = i.workspace_id
          where i.token_hash = $1 for update of i`,
        [hash(token)],
      );
      const invite = found.rows[0];
      if (!invite) throw spent();
      // Following the link again, or being a member already, is no mistake and does not use it up.
      const already = await client.query<{ id: string; role: Role }>(
        'select id, role from member where workspace_id = $1 and user_id = $2',
        [invite.workspace_id, person.id],
      );
      const base = { workspaceId: invite.workspace_id, name: invite.name };
      if (already.rows[0]) return { ...base, memberId: already.rows[0].id, role: already.rows[0].role };
      if (!invite.open) throw spent();
      await client.query('update auth.invite set used_by = $1, used_at = now() where id = $2', [
        person.id,
        invite.id,
      ]);
      const memberId = await addMember(client, person, invite.workspace_id, invite.role);
      return { ...base, memberId, role: invite.role };
    });
    deps.membershipsChanged();
    return c.json(joined);
  });
  return app;
}

interface Invite {
  id: string;
  workspace_id: string;
  role: Role;
  open: boolean;
  name: string;
}

function spent(): ApiFailure {
  return new ApiFailure('not-found', 'This invitation was used or has run out: ask for a new link.');
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
