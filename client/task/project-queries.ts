// Reads of the labels and projects of a workspace. All rows: there are few.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../db/schema';

type Db = Kysely<DB>;

export interface LabelRow {
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

export interface ProjectRow {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly position: string;
  readonly archived: boolean;
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
