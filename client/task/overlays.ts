// The dialogs of tasks and projects.
import { overlay } from '../kit/overlays';

export type TaskField = 'status' | 'priority' | 'assignee' | 'labels' | 'due' | 'project';

/** One field of a task, chosen from the keyboard. */
export const taskField = overlay<{ field: TaskField; taskId: string }>('task-field');
/** Without a project it goes into the current one. */
export const newTask = overlay<{ status?: string; projectId?: string }>('new-task');
export const deleteTask = overlay<{ taskId: string }>('delete-task');
export const newProject = overlay('new-project');
