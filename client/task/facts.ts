// The fixed values of a task, and the colours of labels.
import { statuses, type TaskStatus } from '../../db/task/values';

export { priorityNames, statuses, statusNames, type TaskStatus } from '../../db/task/values';

export function isStatus(value: unknown): value is TaskStatus {
  return statuses.includes(value as TaskStatus);
}

export const labelColors = [
  '#6b7280',
  '#dc2626',
  '#ea580c',
  '#ca8a04',
  '#16a34a',
  '#0d9488',
  '#2563eb',
  '#7c3aed',
  '#db2777',
] as const;
