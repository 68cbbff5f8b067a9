// For whom an owner may make a link to a new password: whoever uses it holds the whole account, so only for people all of
// whose workspaces are that owner's own.
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';

/**
 * @returns whether the person is in at least one workspace, and every workspace of theirs has `ownerId` as an owner, so
 * that their account opens nothing that the owner does not have already
 */
export async function ownsAllOf(
  database: Pool | PoolClient,
  ownerId: string,
  personId: string,
): Promise<boolean> {
  const { rows } = await database.query<{ all: boolean | null }>(
    `select bool_and(exists (select 1 from public.member o
                              where o.workspace_id = m.workspace_id and o.user_id = $1 and o.role = 'owner')) as all
       from public.member m where m.user_id = $2`,
    [ownerId, personId],
  );
  return rows[0]?.all === true;
}

/** Asked again when the link is used: by then the person may be in another workspace, or its maker no owner any more. */
export async function passwordLinkIsOpen(database: Pool, token: string): Promise<boolean> {
  const { rows } = await database.query<{ user_id: string; created_by: string }>(
    'select user_id, created_by from auth.password_link where token_hash = $1',
    [hashOf(token)],
  );
  const link = rows[0];
  // Tokens that went out by e-mail are not in this table.
  return !link || (await ownsAllOf(database, link.created_by, link.user_id));
}

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
