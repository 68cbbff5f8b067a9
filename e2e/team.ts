// A workspace to begin a test with: its people, one project, and tasks, made over HTTP.
import { randomUUID } from 'node:crypto';
import { Person, type WriteOperation } from './person';
import type { Server } from './server';

export interface TeamTask {
  readonly title: string;
  readonly status?: 'backlog' | 'todo' | 'doing' | 'review' | 'done' | 'cancelled';
  readonly description?: string;
}

export interface Team {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly owner: Person;
  /** In the order in which they were named. */
  readonly others: readonly Person[];
}

let teams = 0;

/** @param others names of members; a name that ends in '?' is a guest's */
export async function makeTeam(
  server: Server,
  options: { owner?: string; others?: readonly string[]; tasks?: readonly (string | TeamTask)[] } = {},
): Promise<Team> {
  const owner = await Person.signUp(server, options.owner ?? 'Ada');
  const workspaceName = `Station ${++teams}`;
  const workspaceId = await owner.createWorkspace(workspaceName);
  const others: Person[] = [];
  for (const name of options.others ?? []) {
    const other = await Person.signUp(server, name.replace('?', ''));
    await owner.invite(workspaceId, other, name.endsWith('?') ? 'guest' : 'member');
    others.push(other);
  }
  const projectId = randomUUID();
  const projectName = 'Winter';
  const tasks = (options.tasks ?? []).map((task) => (typeof task === 'string' ? { title: task } : task));
  await owner.write([
    {
      kind: 'insert',
      table: 'project',
      id: projectId,
      set: { workspace_id: workspaceId, key: 'WIN', name: projectName, position: 'a0' },
    },
    ...taskInserts(workspaceId, projectId, tasks),
  ]);
  return { workspaceId, workspaceName, projectId, projectName, owner, others };
}

/** Inserts of tasks in the order given. */
export function taskInserts(
  workspaceId: string,
  projectId: string,
  tasks: readonly TeamTask[],
): WriteOperation[] {
  return tasks.map((task, i) => ({
    kind: 'insert',
    table: 'task',
    id: randomUUID(),
    set: {
      workspace_id: workspaceId,
      project_id: projectId,
      title: task.title,
      description: task.description ?? '',
      status: task.status ?? 'todo',
      position: orderKey(i),
    },
  }));
}

/** Keys of equal length that sort as their numbers do, and between which there is room (fractional indexing). */
function orderKey(i: number): string {
  return `d${i.toString(36).padStart(4, '0')}`;
}
