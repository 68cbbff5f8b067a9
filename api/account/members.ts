// Members of a workspace: change a role, remove somebody, leave. The last owner stays one.
import { Hono } from 'hono';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { readBody, uuidParam } from '../sync/body';
import { ApiFailure } from '../sync/errors';
import { inTransaction } from '../sync/transaction';
import type { AccountDeps } from './deps';
import { role, roleOf } from './membership';

export function memberRoutes(deps: AccountDeps): Hono {
  const app = new Hono();
  app.patch('/:id/members/:memberId', async (c) => {
    const person = await deps.person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    const memberId = uuidParam(c, 'memberId');
    const body = await readBody(c, z.object({ role }));
    const userId = await inTransaction(deps.pool, async (client) => {
      const member = await lockMember(client, person.id, workspaceId, memberId, { selfMay: false });
      if (member.role === 'owner' && body.role !== 'owner')
        await requireOtherOwner(client, workspaceId, memberId);
      if (member.role !== body.role) {
        await client.query('update member set role = $1 where id = $2', [body.role, memberId]);
      }
      return member.userId;
    });
    deps.membershipsChanged(userId, 'lost');
    return c.json({ memberId, role: body.role });
  });
  app.delete('/:id/members/:memberId', async (c) => {
    const person = await deps.person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    const memberId = uuidParam(c, 'memberId');
    const userId = await inTransaction(deps.pool, async (client) => {
      const member = await lockMember(client, person.id, workspaceId, memberId, { selfMay: true });
      if (member.role === 'owner') await requireOtherOwner(client, workspaceId, memberId);
      await client.query('delete from member where id = $1', [memberId]);
      return member.userId;
    });
    deps.membershipsChanged(userId, 'lost');
    return c.json({ memberId });
  });
  return app;
}

/**
 * Locks the workspace's row, so that two owners cannot both step down at once, and finds the member.
 * @param options.selfMay the person may do it to themselves without being an owner
 * @throws ApiFailure 'forbidden' or 'not-found'
 */
async function lockMember(
  client: PoolClient,
  userId: string,
  workspaceId: string,
  memberId: string,
  options: { selfMay: boolean },
): Promise<{ role: string; userId: string }> {
  await client.query('select 1 from workspace where id = $1 for update', [workspaceId]);
  const own = await roleOf(client, userId, workspaceId);
  if (!own) throw new ApiFailure('forbidden', 'You are not a member of this workspace.');
  const { rows } = await client.query<{ role: string; userId: string }>(
    'select role, user_id as "userId" from member where id = $1 and workspace_id = $2',
    [memberId, workspaceId],
  );
  const member = rows[0];
  if (own !== 'owner' && !(options.selfMay && member?.userId === userId)) {
    throw new ApiFailure('forbidden', 'Only an owner of the workspace may do this.');
  }
  if (!member) throw new ApiFailure('not-found', 'This person is not a member of the workspace any more.');
  return member;
}

/** @throws ApiFailure 'conflict' */
async function requireOtherOwner(client: PoolClient, workspaceId: string, memberId: string): Promise<void> {
  const { rowCount } = await client.query(
    "select 1 from member where workspace_id = $1 and role = 'owner' and id <> $2 limit 1",
    [workspaceId, memberId],
  );
  if (rowCount === 0) {
    throw new ApiFailure('conflict', 'A workspace needs an owner: make somebody else an owner first.');
  }
}
