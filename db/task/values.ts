// The fixed values of a task: statuses in the order of the board, priorities from none to urgent.

export const statuses = ['backlog', 'todo', 'doing', 'review', 'done', 'cancelled'] as const;
export type TaskStatus = (typeof statuses)[number];

export const statusNames: Record<TaskStatus, string> = {
  backlog: 'Backlog',
  todo: 'To do',
  doing: 'In progress',
  review: 'In review',
  done: 'Done',
  cancelled: 'Cancelled',
};

/** By number: 0 is none, 1 is urgent, 4 is low. */
export const priorityNames = ['No priority', 'Urgent', 'High', 'Medium', 'Low'] as const;
