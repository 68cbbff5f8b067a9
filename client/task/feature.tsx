// The places of tasks and projects in the app.
import type { ReactNode } from 'react';
import type { Feature } from '../kit/feature';
import { later } from '../kit/later';
import { shows } from '../kit/overlays';
import { FocusedTaskProvider } from './active-task';
import { useTaskCommands } from './commands';
import { NewTaskButton } from './new-task-button';
import * as overlays from './overlays';
import { ProjectDataProvider, useLabels, useProjects } from './project-data';
import { ProjectsSection } from './projects-section';
import { routes } from './routes';
import { taskShortcuts } from './shortcuts';
import { TaskKeys } from './task-keys';

function TaskProvider({ children }: { children: ReactNode }) {
  return (
    <ProjectDataProvider>
      <FocusedTaskProvider>{children}</FocusedTaskProvider>
    </ProjectDataProvider>
  );
}

export const task = {
  name: 'task',
  named: [
    { table: 'label', canReplace: false, useRows: () => useLabels().labels },
    { table: 'project', canReplace: true, useRows: useProjects },
  ],
  routes,
  shortcuts: taskShortcuts,
  useCommands: useTaskCommands,
  overlays: [
    shows(
      overlays.taskField,
      later(() => import('./task-field').then((m) => m.TaskFieldPalette)),
    ),
    shows(
      overlays.newTask,
      later(() => import('./new-task').then((m) => m.NewTask)),
    ),
    shows(
      overlays.deleteTask,
      later(() => import('./delete-task').then((m) => m.DeleteTask)),
    ),
    shows(
      overlays.newProject,
      later(() => import('./project-dialogs').then((m) => m.NewProject)),
    ),
  ],
  Provider: TaskProvider,
  Background: TaskKeys,
  SidebarButton: NewTaskButton,
  SidebarSection: ProjectsSection,
  Aside: later(() => import('./open-task').then((m) => m.OpenTask)),
  settings: () => import('./settings').then(({ settings }) => settings),
} satisfies Feature;
