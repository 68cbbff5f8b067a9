// Values of fields as people know them: names instead of ids, words instead of codes.
import { useCallback } from 'react';
import { priorityNames, statusNames, type TaskStatus } from '../task/facts';
import { dueDay } from '../when';
import { useWorkspace } from '../workspace';

export const fieldNames: Record<string, string> = {
  title: 'title',
  description: 'description',
  status: 'status',
  priority: 'priority',
  assignee_id: 'assignee',
  due_on: 'due date',
  project_id: 'project',
  body: 'text',
  name: 'name',
  archived: 'archived',
  color: 'colour',
  position: 'place in the order',
};

export const tableNames: Record<string, string> = {
  task: 'task',
  comment: 'comment',
  project: 'project',
  label: 'label',
  task_label: 'label of a task',
  notice: 'notice',
};

/** @returns words for a value of a field. */
export function useSay(): (field: string, value: unknown) => string {
  const { memberById, labelById, projects } = useWorkspace();
  return useCallback(
    (field, value) => {
      if (value === null || value === undefined || value === '') return 'nothing';
      if (field === 'status') return statusNames[value as TaskStatus] ?? String(value);
      if (field === 'priority') return priorityNames[Number(value)] ?? String(value);
      if (field === 'assignee_id' || field === 'author_id')
        return memberById.get(String(value))?.name ?? 'a former member';
      if (field === 'label_id') return labelById.get(String(value))?.name ?? 'a label';
      if (field === 'project_id') return projects?.find((p) => p.id === value)?.name ?? 'another project';
      if (field === 'due_on') return dueDay(String(value)).text;
      if (typeof value === 'boolean') return value ? 'yes' : 'no';
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    },
    [memberById, labelById, projects],
  );
}
