// Invitation links: made by an owner, shown once, good for seven days, for one person, and as long as whoever made one
// is an owner. Owners see which are open, and revoke them.
import { createHash, randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { readBody, uuidParam } from '../sync/body';
import { ApiFailure } from '../sync/errors';
import { publicOrigin } from '../sync/origin';
import { inTransaction } from '../sync/transaction';
import type { AccountDeps } from './deps';
import { inviteIsOpen } from './invite-rule';
import { type Role, requireRole, role } from './membership';
import { addMember, type Joined } from './workspaces';

/** As GET lists it; the link itself is told once, when it is made. */
export interface OpenInvite {
  readonly id: string;
  readonly role: Role;
  /** Name of the owner who made it. */
  readonly madeBy: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** GET and POST /api/workspaces/:id/invites, DELETE /api/workspaces/:id/invites/:inviteId */
export function inviteCreationRoutes(deps: AccountDeps, publicUrl: string | null): Hono {
  const app = new Hono();
  app.post('/:id/invites', async (c) => {
    const person = await deps.person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    const body = await readBody(c, z.object({ role }));
    await requireRole(deps.pool, person.id, workspaceId, ['owner']);
    const token = randomBytes(24).toString('base64url');
    await inTransaction(deps.pool, async (client) => {
      // The lock of whoever changes members: none is made by an owner who has just been removed.
      await client.query('select 1 from workspace where id = $1 for update', [workspaceId]);
      await requireRole(client, person.id, workspaceId, ['owner']);
      await client.query(
        `insert into auth.invite (token_hash, workspace_id, role, created_by, expires_at)
           values ($1, $2, $3, $4, now() + interval '7 days')`,
        [hash(token), workspaceId, body.role, person.id],
      );
    });
    return c.json({ url: `${publicOrigin(publicUrl, c.req.raw)}/invite/${token}` }, 201);
  });
  app.get('/:id/invites', async (c) => {
    const person = await deps.person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    await requireRole(deps.reads, person.id, workspaceId, ['owner']);
    const { rows } = await deps.reads.query<OpenInvite>(
      `select i.id, i.role, m.name as "madeBy", i.created_at as "createdAt", i.expires_at as "expiresAt"
         from auth.invite i join member m on m.workspace_id = i.workspace_id and m.user_id = i.created_by
        where i.workspace_id = $1 and ${inviteIsOpen} order by i.created_at, i.id`,
      [workspaceId],
    );
    return c.json({ invites: rows }, 200, { 'cache-control': 'no-store' });
  });
  app.delete('/:id/invites/:inviteId', async (c) => {
    const person = await deps.person(c.req.raw);
    const [workspaceId, inviteId] = [uuidParam(c, 'id'), uuidParam(c, 'inviteId')];
    await requireRole(deps.pool, person.id, workspaceId, ['owner']);
    const gone = await deps.pool.query(
      'delete from auth.invite where id = $1 and workspace_id = $2 and used_at is null',
      [inviteId, workspaceId],
    );
    if (gone.rowCount === 0) {
      throw new ApiFailure('not-found', 'This invitation was used, has run out, or is revoked already.');
    }
    return c.json({ id: inviteId });
  });
  return app;
}

/** GET /api/invites/:token, which needs no session: the link is the secret; POST /api/invites/:token/accept */
export function inviteRoutes(deps: AccountDeps): Hono {
  const app = new Hono();
  app.get('/:token', async (c) => {
    const { rows } = await deps.reads.query<{ workspaceName: string; role: Role; invitedBy: string }>(
      `select w.name as "workspaceName", i.role, u.name as "invitedBy"
         from auth.invite i join workspace w on w.id = i.workspace_id join auth."user" u on u.id = i.created_by
        where i.token_hash = $1 and ${inviteIsOpen}`,
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
      // The lock of whoever changes members: an owner who is being removed is so before this, or after it.
      await client.query(
        'select 1 from workspace w where w.id = (select workspace_id from auth.invite where token_hash = $1) for update',
        [hash(token)],
      );
      const found = await client.query<Invite>(
        `select i.id, i.workspace_id, i.role, ${inviteIsOpen} as open, w.name
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
    deps.membershipsChanged(person.id, 'gained');
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
