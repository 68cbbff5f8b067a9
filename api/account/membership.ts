// Who is in which workspace, as the database says at this moment (A1, A2).
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { type Role, roles } from '../../db/sync/wire';
import { ApiFailure } from '../sync/errors';

export const role = z.enum(roles);
export type { Role } from '../../db/sync/wire';

/** @returns the role, or null when the person is not in the workspace or there is none of this id. */
export async function roleOf(
  database: Pool | PoolClient,
  userId: string,
  workspaceId: string,
): Promise<Role | null> {
  const { rows } = await database.query<{ role: Role }>(
    'select role from member where user_id = $1 and workspace_id = $2',
    [userId, workspaceId],
  );
  return rows[0]?.role ?? null;
}

/** @throws ApiFailure 'forbidden', the same whether the workspace exists or not. */
export async function requireRole(
  database: Pool | PoolClient,
  userId: string,
  workspaceId: string,
  allowed: readonly Role[],
): Promise<Role> {
  const found = await roleOf(database, userId, workspaceId);
  if (found && allowed.includes(found)) return found;
  throw new ApiFailure(
    'forbidden',
    found ? 'Only an owner of the workspace may do this.' : 'You are not a member of this workspace.',
  );
}
