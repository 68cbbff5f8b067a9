// Reads of the small tables of a workspace: members, labels, projects. All rows: there are few.
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

export function labels(db: Db, workspaceId: string) {
  return db
    .selectFrom('label')
    .select(['id', 'name', 'color'])
    .where('workspace_id', '=', workspaceId)
    .orderBy(sql`lower(name)`);
}

export function projects(db: Db, workspaceId: string) {
  return db
    .selectFrom('project')
    .select(['id', 'key', 'name', 'position', 'archived'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('position')
    .orderBy('id');
}

export function workspaceName(db: Db, workspaceId: string) {
  return db.selectFrom('workspace').select(['id', 'name']).where('id', '=', workspaceId);
}
