// Statements that change tasks, labels and comments. Each function gives the statements of one local transaction.
import type { Kysely, Updateable } from 'kysely';
import type { DB, Task } from '../../db/schema';
import { newId, taskLabelId } from '../../db/sync/ids';
import type { Compilable } from '../sync/store';

type Db = Kysely<DB>;

export type TaskChange = Pick<
  Updateable<Task>,
  'title' | 'description' | 'status' | 'priority' | 'assignee_id' | 'due_on' | 'position' | 'project_id'
> &
  // Columns that the definition alone describes (./shown-columns.ts).
  Readonly<Record<string, unknown>>;

export interface NewTask {
  readonly workspaceId: string;
  readonly projectId: string;
  readonly title: string;
  readonly description?: string;
  readonly status: string;
  readonly priority?: number;
  readonly assigneeId?: string | null;
  readonly dueOn?: string | null;
  readonly labels?: readonly string[];
  readonly position: string;
  readonly author: { id: string | null; name: string };
}

export function createTask(db: Db, task: NewTask): { id: string; statements: Compilable[] } {
  const id = newId();
  const { workspaceId } = task;
  return {
    id,
    statements: [
      db.insertInto('task').values({
        id,
        workspace_id: workspaceId,
        project_id: task.projectId,
        title: task.title.trim(),
        description: task.description ?? '',
        status: task.status,
        priority: task.priority ?? 0,
        assignee_id: task.assigneeId ?? null,
        due_on: task.dueOn ?? null,
        position: task.position,
        author_id: task.author.id,
        author: task.author.name,
      }),
      ...(task.labels ?? []).map((labelId) => addLabel(db, workspaceId, id, labelId)),
    ],
  };
}

export function changeTask(db: Db, id: string, change: TaskChange): Compilable[] {
  return [db.updateTable('task').set(change).where('id', '=', id)];
}

/** Its comments and labels go with it, here as on the server. */
export function deleteTask(db: Db, id: string): Compilable[] {
  return [db.deleteFrom('task').where('id', '=', id)];
}

function addLabel(db: Db, workspaceId: string, taskId: string, labelId: string): Compilable {
  return db
    .insertInto('task_label')
    .values({
      id: taskLabelId(taskId, labelId),
      workspace_id: workspaceId,
      task_id: taskId,
      label_id: labelId,
    })
    .onConflict((conflict) => conflict.doNothing());
}

export function setLabel(
  db: Db,
  workspaceId: string,
  taskId: string,
  labelId: string,
  on: boolean,
): Compilable[] {
  if (on) return [addLabel(db, workspaceId, taskId, labelId)];
  return [db.deleteFrom('task_label').where('task_id', '=', taskId).where('label_id', '=', labelId)];
}

/** A new label, on the task at once if one is named. */
export function createLabel(
  db: Db,
  label: { workspaceId: string; name: string; color: string; onTask?: string },
): { id: string; statements: Compilable[] } {
  const id = newId();
  const { workspaceId, onTask } = label;
  return {
    id,
    statements: [
      db
        .insertInto('label')
        .values({ id, workspace_id: workspaceId, name: label.name.trim(), color: label.color }),
      ...(onTask ? [addLabel(db, workspaceId, onTask, id)] : []),
    ],
  };
}

export function createComment(
  db: Db,
  comment: { workspaceId: string; taskId: string; body: string; author: { id: string | null; name: string } },
): Compilable[] {
  return [
    db.insertInto('comment').values({
      id: newId(),
      workspace_id: comment.workspaceId,
      task_id: comment.taskId,
      body: comment.body.trim(),
      author_id: comment.author.id,
      author: comment.author.name,
    }),
  ];
}

export function changeComment(db: Db, id: string, body: string): Compilable[] {
  return [db.updateTable('comment').set({ body: body.trim() }).where('id', '=', id)];
}

export function deleteComment(db: Db, id: string): Compilable[] {
  return [db.deleteFrom('comment').where('id', '=', id)];
}
