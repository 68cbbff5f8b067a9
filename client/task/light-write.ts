// What light mode writes of tasks: the operations that the full app's database would capture for the same (write.ts).

import { newId } from '../../db/sync/ids';
import type { LightRow } from '../../db/sync/light';
import { keyBetween } from '../kit/position';
import type { LightPlace } from '../sync/light/react';
import type { NewOperation } from '../sync/light/state';

type Place = Pick<LightPlace, 'workspaceId' | 'memberId' | 'userName'>;

/** A new task at the end of those of its status. @param tasks those that are known of its project */
export function newTask(
  { workspaceId, memberId, userName }: Place,
  projectId: string,
  title: string,
  tasks: readonly LightRow[],
): NewOperation {
  const last = tasks
    .filter(({ status }) => status === 'todo')
    .map(({ position }) => String(position))
    .sort()
    .at(-1);
  return {
    ...{ kind: 'insert', table: 'task', id: newId() },
    set: {
      ...{ workspace_id: workspaceId, project_id: projectId, title: title.trim(), description: '' },
      ...{ status: 'todo', priority: 0, assignee_id: null, due_on: null },
      ...{ position: keyBetween(last ?? null, null), author_id: memberId, author: userName },
    },
  };
}

/** @param task as it is shown */
export function changedTask(task: LightRow, set: Readonly<Record<string, string | null>>): NewOperation {
  const was = Object.fromEntries(Object.keys(set).map((column) => [column, task[column] ?? null]));
  return { kind: 'update', table: 'task', id: String(task.id), set, was };
}

export function newComment(
  { workspaceId, memberId, userName }: Place,
  taskId: string,
  body: string,
): NewOperation {
  const at = new Date().toISOString();
  return {
    ...{ kind: 'insert', table: 'comment', id: newId() },
    set: {
      ...{ workspace_id: workspaceId, task_id: taskId, body: body.trim() },
      ...{ author_id: memberId, author: userName, created_at: at },
    },
  };
}
