// The places of tasks and projects in the app.
import type { ReactNode } from 'react';
import type { Feature } from '../kit/feature';
import { shows } from '../kit/overlays';
import { FocusedTaskProvider } from './active-task';
import { useTaskCommands } from './commands';
import { DeleteTask } from './delete-task';
import { NewTask } from './new-task';
import { NewTaskButton } from './new-task-button';
import { OpenTask } from './open-task';
import * as overlays from './overlays';
import { ProjectDataProvider, useLabels, useProjects } from './project-data';
import { NewProject } from './project-dialogs';
import { ProjectsSection } from './projects-section';
import { routes } from './routes';
import { taskShortcuts } from './shortcuts';
import { TaskFieldPalette } from './task-field';
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
    shows(overlays.taskField, TaskFieldPalette),
    shows(overlays.newTask, NewTask),
    shows(overlays.deleteTask, DeleteTask),
    shows(overlays.newProject, NewProject),
  ],
  Provider: TaskProvider,
  Background: TaskKeys,
  SidebarButton: NewTaskButton,
  SidebarSection: ProjectsSection,
  Aside: OpenTask,
  settings: () => import('./settings').then(({ settings }) => settings),
} satisfies Feature;
