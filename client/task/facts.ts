// The fixed values of a task, and the colours of labels.
import { statuses, type TaskStatus } from '../../db/task/values';

export { priorityNames, statuses, statusNames, type TaskStatus } from '../../db/task/values';

export function isStatus(value: unknown): value is TaskStatus {
  return statuses.includes(value as TaskStatus);
}
