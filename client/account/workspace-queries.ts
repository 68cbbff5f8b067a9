// Reads of a workspace: its name and its members. All rows: there are few.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../db/schema';

type Db = Kysely<DB>;

export function members(db: Db, workspaceId: string) {
  return db
    .selectFrom('member')
    .select(['id', 'user_id', 'name', 'email', 'role', 'created_at'])
    .where('workspace_id', '=', workspaceId)
    .orderBy(sql`lower(name)`)
    .orderBy('id');
}

export function workspaceName(db: Db, workspaceId: string) {
  return db.selectFrom('workspace').select(['id', 'name']).where('id', '=', workspaceId);
}
