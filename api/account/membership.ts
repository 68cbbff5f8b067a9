// Who is in which workspace, as the database says at this moment (A1, A2).
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { type Membership, roles } from '../../db/sync/wire';
import { ApiFailure } from '../errors';

export const role = z.enum(roles);
export type Role = z.infer<typeof role>;

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

/** A person's memberships, oldest first, and a tag that is another one whenever they are. */
export interface Memberships {
  readonly memberships: Membership[];
  readonly tag: string;
}

export async function membershipsOf(pool: Pool, userId: string): Promise<Memberships> {
  const text = (await membershipTexts(pool, [userId])).get(userId)!;
  return membershipsIn(text);
}

/** @returns what `membershipTexts` says of a person */
export function membershipsIn(text: string): Memberships {
  const memberships = JSON.parse(text) as Membership[];
  const tag = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return { memberships, tag };
}

/** @returns JSON of each person's memberships, equal as text when they are the same. One query for all. */
export async function membershipTexts(
  pool: Pool,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ id: string; text: string }>(
    `select asked.id, coalesce(theirs.text, '[]') as text
       from unnest($1::text[]) as asked (id) left join
         (select m.user_id, json_agg(
              json_build_object('workspaceId', m.workspace_id, 'memberId', m.id, 'role', m.role, 'name', w.name)
              order by m.created_at, w.name, m.id)::text as text
            from member m join workspace w on w.id = m.workspace_id
           where m.user_id = any ($1) group by m.user_id) as theirs on theirs.user_id = asked.id`,
    [userIds],
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}

/** @returns those of the workspaces that the person is in. One query, however many are asked about. */
export async function workspacesAmong(
  pool: Pool,
  userId: string,
  workspaceIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ workspace_id: string }>(
    'select workspace_id from member where user_id = $1 and workspace_id = any ($2::uuid[])',
    [userId, workspaceIds],
  );
  return new Set(rows.map((row) => row.workspace_id));
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

/** Runs in one transaction on a connection of its own; rolled back when `run` throws. */
export async function inTransaction<T>(pool: Pool, run: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await run(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
