// Reads of tasks: the cards of the board, the window of the list, counts, one task. All are windowed: none of them
// ever asks for all tasks of a project.
import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { DB } from '../../db/schema';
import { prefixQuery } from '../kit/prefix-query';
import { bound, pending } from '../sync/react/sql';
import { statuses, type TaskStatus } from './facts';
import type { Filters } from './filters';
import { shownColumns, taskMatches } from './shown-columns';

/** A task as cards and rows show it. */
export interface TaskRow {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly priority: number;
  readonly assignee_id: string | null;
  readonly due_on: string | null;
  readonly position: string;
  readonly project_id: string;
  /** Ids of labels. */
  readonly labels: string[];
  readonly comments: number;
  /** It has changes that are on this device only. */
  readonly pending: boolean;
  /** Some of them are not even stored on it yet. */
  readonly writing?: boolean;
}

/** A task as the panel shows it; with it come the columns that its definition alone describes. */
export interface TaskDetail extends TaskRow {
  readonly description: string;
  readonly author: string;
  readonly author_id: string | null;
  readonly source: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly [shown: string]: unknown;
}

type Db = Kysely<DB>;

/** What one task shows beside its columns. */
const details = [
  sql<
    string[]
  >`coalesce((select json_agg(tl.label_id order by tl.label_id) from task_label tl where tl.task_id = task.id), '[]')`.as(
    'labels',
  ),
  sql<number>`(select count(*)::int from comment c where c.task_id = task.id)`.as('comments'),
  pending('task', sql.ref('task.id')).as('pending'),
] as const;

const columns = [
  'id',
  'title',
  'status',
  'priority',
  'assignee_id',
  'due_on',
  'position',
  'project_id',
] as const;

/** What a filter asks of `task`; the status is left to the caller where columns or groups stand for it. */
function conditions(f: Filters): Expression<SqlBool>[] {
  const out: Expression<SqlBool>[] = [];
  if (f.assignee?.length) {
    const ids = f.assignee.filter((id) => id !== 'none');
    const named = ids.length > 0 ? sql<SqlBool>`task.assignee_id in (${sql.join(ids)})` : sql<SqlBool>`false`;
    out.push(f.assignee.includes('none') ? sql<SqlBool>`(task.assignee_id is null or ${named})` : named);
  }
  if (f.label?.length) {
    out.push(
      sql<SqlBool>`exists (select 1 from task_label tl where tl.task_id = task.id and tl.label_id in (${sql.join(f.label)}))`,
    );
  }
  const words = f.q ? prefixQuery(f.q) : null;
  if (words) out.push(taskMatches(sql`to_tsquery('simple', ${words})`));
  return out;
}

function filtered(db: Db, projectId: string, f: Filters) {
  let query = db.selectFrom('task').where('project_id', '=', projectId);
  for (const condition of conditions(f)) query = query.where(condition);
  return query;
}

/** A piece of one status group, in manual order. */
export interface Slice {
  readonly status: TaskStatus;
  readonly offset: number;
  readonly limit: number;
}

/**
 * Several slices of status groups in one query, so that a task never shows in two of them or in none.
 * @param slices at least one
 */
export function taskSlices(db: Db, projectId: string, f: Filters, slices: readonly Slice[]) {
  const parts = slices.map(
    (slice) =>
      // The window is cut first: rows that OFFSET passes over would pay for their labels and comments too.
      sql`(${filtered(db, projectId, f)
        .select(columns)
        .where('status', '=', slice.status)
        .orderBy('position')
        .orderBy('id')
        .offset(slice.offset)
        .limit(slice.limit)})`,
  );
  // Labels and comments are gathered for all rows at once: a subquery per row costs ten times as much.
  return bound<TaskRow>(
    db,
    sql`
      with w as materialized (${sql.join(parts, sql` union all `)})
      select w.*,
             coalesce(l.labels, '[]') as labels,
             coalesce(c.comments, 0) as comments,
             w.id in (select o.row_id from sync.outbox o where o."table" = 'task' and o.verdict is null) as pending
      from w
      left join (select task_id, json_agg(label_id order by label_id) as labels from task_label
                  where task_id in (select id from w) group by task_id) l on l.task_id = w.id
      left join (select task_id, count(*)::int as comments from comment
                  where task_id in (select id from w) group by task_id) c on c.task_id = w.id`,
  );
}

/** How many tasks each status has under these filters; statuses without any are missing. */
export function statusCounts(db: Db, projectId: string, f: Filters) {
  return filtered(db, projectId, f)
    .select(['status', sql<number>`count(*)::int`.as('count')])
    .groupBy('status');
}

/** Statuses that the filter lets through, in the order of the board. */
export function shownStatuses(f: Filters): TaskStatus[] {
  return f.status?.length ? statuses.filter((status) => f.status?.includes(status)) : [...statuses];
}

/** One task with everything the panel shows. */
export function taskDetail(db: Db, id: string) {
  return db
    .selectFrom('task')
    .select([...columns, 'description', 'author', 'author_id', 'source', 'created_at', 'updated_at'])
    .select(details)
    .select(shownColumns.map(({ name }) => sql<unknown>`${sql.ref(`task.${name}`)}`.as(name)))
    .where('id', '=', id);
}

export function taskComments(db: Db, taskId: string) {
  return db
    .selectFrom('comment')
    .select((eb) => [
      'id',
      'body',
      'author',
      'author_id',
      'created_at',
      pending('comment', eb.ref('comment.id')).as('pending'),
    ])
    .where('task_id', '=', taskId)
    .orderBy('created_at')
    .orderBy('id');
}
