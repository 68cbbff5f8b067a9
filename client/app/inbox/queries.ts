// Reads of the Inbox: what was lost in a merge, what the server refused, what could not be taken in.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../../db/schema';
import { bound } from '../../sync/react/sql';

type Db = Kysely<DB>;

/** Unresolved notices for this person in all workspaces on this device, newest first. */
export function notices(db: Db, userId: string) {
  return db
    .selectFrom('notice')
    .leftJoin('task', 'task.id', 'notice.row_id')
    .select([
      'notice.id',
      'notice.workspace_id',
      'notice.kind',
      'notice.table',
      'notice.row_id',
      'notice.field',
      'notice.lost',
      'notice.kept',
      'notice.by_name',
      'notice.title',
      'notice.created_at',
      'task.title as task_title',
      'notice.by_user',
    ])
    .where('notice.user_id', '=', userId)
    .where('notice.resolved_at', 'is', null)
    .orderBy('notice.created_at', 'desc')
    .orderBy('notice.id');
}

/** Operations that the server refused; their content stays here until it is written again or discarded (W1). */
export function refusals(db: Db) {
  return db
    .selectFrom('sync.refused')
    .select([
      'id',
      'workspace_id',
      'table',
      'row_id',
      'kind',
      'set',
      'was',
      'refusal',
      'rule',
      'sentence',
      'at',
      // In the order in which they were made.
      'i',
      'held_by',
    ])
    .orderBy('at', 'desc')
    .orderBy('id');
}

/** Rows from the server that this device could not take in (R5). */
export function parked(db: Db) {
  return bound<{ id: string; table: string; at: string }>(
    db,
    sql`select row_id as id, "table", at from sync.incoming where error is not null order by at desc, row_id`,
  );
}

export type NoticeRow = Awaited<ReturnType<ReturnType<typeof notices>['execute']>>[number];
export type RefusedRow = Awaited<ReturnType<ReturnType<typeof refusals>['execute']>>[number];
