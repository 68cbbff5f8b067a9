// Values of fields as people know them: names instead of ids, words instead of codes.

import { useCallback } from 'react';
import { parseRange } from '../../../db/booking/range';
import { useWorkspace } from '../../account/workspace';
import { whenText } from '../../booking/grid-time';
import { resources } from '../../booking/queries';
import { dueDay } from '../../kit/when';
import { useLive } from '../../sync/react/store-context';
import { useLabels, useProjects } from '../../task';
import { priorityNames, statusNames, type TaskStatus } from '../../task/facts';

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
  key: 'key',
  author: 'author',
  kind: 'kind',
  capacity: 'capacity',
  time_zone: 'time zone',
  opens: 'opens at',
  closes: 'closes at',
  open_days: 'open days',
  resource_id: 'resource',
  during: 'time',
  notes: 'notes',
  private: 'private',
  people: 'people',
  choice: 'decision',
  unit: 'unit',
  minimum: 'minimum',
};

export const tableNames: Record<string, string> = {
  task: 'task',
  comment: 'comment',
  project: 'project',
  label: 'label',
  task_label: 'label of a task',
  notice: 'notice',
  resource: 'resource',
  booking: 'booking',
  resolution: 'decision about a clash',
  stock_item: 'stock item',
  stock_place: 'place of stock',
};

/** @returns words for a value of a field. */
export function useSay(): (field: string, value: unknown) => string {
  const { id, memberById } = useWorkspace();
  const { labelById } = useLabels();
  const projects = useProjects();
  const rows = useLive((db) => resources(db, id), [id]);
  return useCallback(
    (field, value) => {
      if (value === null || value === undefined || value === '') return 'nothing';
      if (field === 'status') return statusNames[value as TaskStatus] ?? String(value);
      if (field === 'priority') return priorityNames[Number(value)] ?? String(value);
      if (field === 'assignee_id' || field === 'author_id')
        return memberById.get(String(value))?.name ?? 'a former member';
      if (field === 'label_id') return labelById.get(String(value))?.name ?? 'a label';
      if (field === 'project_id') return projects?.find((p) => p.id === value)?.name ?? 'another project';
      if (field === 'resource_id') return rows?.find((r) => r.id === value)?.name ?? 'a resource';
      if (field === 'during') {
        const span = parseRange(String(value));
        return span ? whenText(span.start, span.end) : String(value);
      }
      if (field === 'people' && Array.isArray(value)) {
        return (
          value.map((member) => memberById.get(String(member))?.name ?? 'a former member').join(', ') ||
          'nobody'
        );
      }
      if (field === 'due_on') return dueDay(String(value)).text;
      if (typeof value === 'boolean') return value ? 'yes' : 'no';
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    },
    [memberById, labelById, projects, rows],
  );
}
