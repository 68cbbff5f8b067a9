// What light mode reads of tasks: the projects, the tasks of one, and one task with its comments.
import { idShape } from '../sync/light-params';
import type { LightView } from '../sync/light-view';

const members = {
  table: 'member',
  columns: ['id', 'user_id', 'name', 'role'],
  order: 'name, id',
  limit: 1_000,
} as const;

const id = (name: string) => ({ name, shape: idShape });

export const taskLightViews: readonly LightView[] = [
  {
    name: 'projects',
    params: [],
    parts: {
      projects: {
        table: 'project',
        columns: ['id', 'key', 'name', 'position', 'archived'],
        order: 'archived, position collate "C", id',
        limit: 500,
      },
      members,
    },
  },
  {
    name: 'tasks',
    params: [id('project')],
    parts: {
      tasks: {
        table: 'task',
        columns: ['id', 'project_id', 'title', 'status', 'priority', 'assignee_id', 'due_on', 'position'],
        where: 'project_id = $3::uuid',
        // Of very many, those that are being worked on.
        order: `status in ('done', 'cancelled'), position collate "C", id`,
        limit: 500,
      },
      projects: {
        table: 'project',
        columns: ['id', 'key', 'name', 'position', 'archived'],
        where: 'id = $3::uuid',
        order: 'id',
        limit: 1,
      },
      members,
    },
  },
  {
    name: 'task',
    params: [id('task')],
    parts: {
      tasks: {
        table: 'task',
        columns: [
          ...['id', 'project_id', 'title', 'description', 'status', 'priority', 'assignee_id', 'due_on'],
          ...['position', 'author', 'created_at'],
        ],
        where: 'id = $3::uuid',
        order: 'id',
        limit: 1,
      },
      comments: {
        table: 'comment',
        columns: ['id', 'task_id', 'author', 'body', 'created_at'],
        where: 'task_id = $3::uuid',
        order: 'created_at, id',
        limit: 500,
      },
      members,
    },
  },
];
