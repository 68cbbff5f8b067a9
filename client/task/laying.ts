// How a write of this tab changes the rows that show tasks, before the database answers (client/sync/laying.ts): the
// windows of the board and the list, the counts of their groups, one task with all it shows, its comments.
import { byName, byPosition, type Laid, layById, layList, patched, type ShownRow } from '../sync/laying';
import type { LiveOptions } from '../sync/store';
import type { Filters } from './filters';
import type { LabelRow, ProjectRow } from './project-queries';
import type { Slice, TaskRow } from './queries';
import { shownColumns } from './shown-columns';

export interface CountRow {
  readonly status: string;
  readonly count: number;
}

/** What the words of a filter are looked for in. */
const words = ['title', 'description', ...shownColumns.map(({ name }) => name)];
const rowColumns = [
  ...['id', 'title', 'status', 'priority', 'assignee_id', 'due_on', 'position', 'project_id'],
  ...['labels', 'comments'],
];

/** Of the windows of a project's groups. @param slices as asked for */
export function windowOptions(projectId: string, f: Filters, slices: readonly Slice[]): LiveOptions<TaskRow> {
  return {
    of: 'task',
    columns: { task: f.q ? [...rowColumns, ...words] : rowColumns },
    lay: (rows, operation) => {
      const { kind, table, where } = operation;
      if (table === 'task_label' || table === 'comment') {
        return rows.map((row) => withDetail(row, operation)).filter((row) => passes(row, f) !== false);
      }
      if (table !== 'task') return rows;
      if (kind === 'delete') return layById('task', rows, operation);
      const before = rows.find((row) => row.id === where.id);
      const row = before ? patched(before, operation) : asRow(operation);
      if (row === null || row === before) return rows;
      const others = rows.filter((other) => other.id !== row.id);
      const isMoved = before?.status !== row.status || before.position !== row.position;
      // Words of a filter are matched by the database: a task that is shown stays, one that is not is not shown.
      const belongs = row.project_id === projectId && (passes(row, f) ?? before !== undefined);
      if (!belongs || (isMoved && !fits(row, others, slices))) return before ? others : rows;
      return before ? rows.map((other) => (other === before ? row : other)) : [...rows, row];
    },
  };
}

/** Of statusCounts. */
export function countOptions(projectId: string, f: Filters): LiveOptions<CountRow> {
  return {
    columns: {
      task: [
        ...['status', 'project_id'],
        ...(f.assignee?.length ? ['assignee_id'] : []),
        ...(f.q ? words : []),
      ],
    },
    lay: (rows, operation) => {
      const { kind, table, was } = operation;
      if (table !== 'task' || f.q) return rows;
      const counted = (row: object | null) => {
        const task = row as TaskRow | null;
        return task && task.project_id === projectId && passes(task, f) ? task.status : null;
      };
      const before = kind === 'insert' ? null : counted(was);
      const after =
        kind === 'delete' ? null : counted(kind === 'insert' ? asRow(operation) : afterUpdate(operation));
      return before === after ? rows : added(added(rows, before, -1), after, 1);
    },
  };
}

/** Of labels. */
export const labelOptions = (workspaceId: string): LiveOptions<LabelRow> =>
  layList({
    of: 'label',
    blank: { name: '', color: '' },
    belongs: (set) => set.workspace_id === workspaceId,
    order: byName,
  });

/** Of projects. */
export const projectOptions = (workspaceId: string): LiveOptions<ProjectRow> =>
  layList({
    of: 'project',
    blank: { key: '', name: '', position: '', archived: false },
    belongs: (set) => set.workspace_id === workspaceId,
    order: byPosition,
  });

/** Of taskDetail. */
export function detailOptions<R extends TaskRow>(): LiveOptions<R> {
  return {
    of: 'task',
    lay: (rows, operation) =>
      operation.table === 'task'
        ? layById('task', rows, operation)
        : rows.map((row) => withDetail(row, operation)),
  };
}

/** Of taskComments. */
export function commentOptions<R extends object>(taskId: string): LiveOptions<R> {
  return {
    of: 'comment',
    columns: { comment: ['task_id', 'body', 'author', 'author_id', 'created_at'] },
    lay: (rows, operation) => {
      const { kind, table, set } = operation;
      if (kind !== 'insert' || table !== 'comment' || set.task_id !== taskId) {
        return layById('comment', rows, operation);
      }
      if (rows.some((row) => (row as ShownRow).id === set.id)) return rows;
      const row = {
        author: '',
        author_id: null,
        created_at: new Date().toISOString(),
        ...set,
        pending: true,
      };
      return [...rows, row as unknown as R];
    },
  };
}

function withDetail<R extends TaskRow>(row: R, { kind, table, set, where }: Laid): R {
  if (table === 'comment') {
    return kind === 'insert' && set.task_id === row.id ? { ...row, comments: row.comments + 1 } : row;
  }
  if (table !== 'task_label') return row;
  const { task_id, label_id } = kind === 'insert' ? set : where;
  if (task_id !== row.id || typeof label_id !== 'string') return row;
  const has = row.labels.includes(label_id);
  if (kind === 'insert' && !has) return { ...row, labels: [...row.labels, label_id].sort() };
  return kind === 'delete' && has ? { ...row, labels: row.labels.filter((id) => id !== label_id) } : row;
}

const afterUpdate = (operation: Laid): ShownRow | null => operation.was && patched(operation.was, operation);

/** @returns the row that a window would show after the operation; null: too little is known of it */
function asRow(operation: Laid): TaskRow | null {
  const { kind, set } = operation;
  const row: ShownRow | null =
    kind === 'insert'
      ? { priority: 0, assignee_id: null, due_on: null, labels: [], comments: 0, ...set }
      : afterUpdate(operation);
  if (!row || rowColumns.some((name) => row[name] === undefined)) return null;
  const shown = Object.fromEntries(rowColumns.map((name) => [name, row[name]]));
  return { ...shown, pending: true } as unknown as TaskRow;
}

/** @returns whether a row passes the filters, the status apart; undefined: only the database can tell */
function passes(row: object, f: Filters): boolean | undefined {
  const { assignee_id, labels } = row as TaskRow;
  if (f.assignee?.length && !f.assignee.includes(assignee_id ?? 'none')) return false;
  if (f.label?.length && !f.label.some((id) => labels?.includes(id))) return false;
  return f.q ? undefined : true;
}

const order = (a: TaskRow, b: TaskRow) =>
  a.position < b.position ? -1 : a.position > b.position ? 1 : a.id < b.id ? -1 : 1;

/** Whether a row's place in its group lies within what is loaded of the group. */
function fits(row: TaskRow, others: readonly TaskRow[], slices: readonly Slice[]): boolean {
  const slice = slices.find(({ status }) => status === row.status);
  if (!slice) return false;
  const group = others.filter(({ status }) => status === row.status).sort(order);
  const [first, last] = [group[0], group.at(-1)];
  if (slice.offset > 0 && (!first || order(row, first) < 0)) return false;
  return group.length < slice.limit || (last !== undefined && order(row, last) < 0);
}

function added(rows: readonly CountRow[], status: string | null, by: 1 | -1): readonly CountRow[] {
  if (status === null) return rows;
  const found = rows.find((row) => row.status === status);
  if (!found) return by > 0 ? [...rows, { status, count: 1 }] : rows;
  return rows.map((row) => (row === found ? { status, count: row.count + by } : row));
}
