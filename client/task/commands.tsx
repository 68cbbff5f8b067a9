// What the palette offers of tasks and projects.

import { Columns3, List, SquarePen } from 'lucide-react';
import { useWorkspace } from '../account';
import type { Command } from '../kit/feature';
import { useAvailable, useKeyboard } from '../kit/keys/keyboard';
import type { Shortcut } from '../kit/keys/shortcuts';
import { useOverlays } from '../kit/overlays';
import { useGoToProject } from './links';
import { newProject, newTask } from './overlays';
import { ProjectBadge } from './project-badge';
import { useProjects } from './project-data';
import { taskShortcuts as keys } from './shortcuts';

/** Actions on the task in question, in the order in which they are offered. */
const taskActions: readonly Shortcut[] = [
  keys.setStatus,
  keys.setPriority,
  keys.setAssignee,
  keys.assignMe,
  keys.setLabels,
  keys.setDue,
  keys.setProject,
  keys.edit,
  keys.comment,
  keys.copyLink,
  keys.remove,
];
/** They open something in the palette's place. */
const staying: readonly Shortcut[] = [
  keys.setStatus,
  keys.setPriority,
  keys.setAssignee,
  keys.setLabels,
  keys.setDue,
  keys.setProject,
  keys.remove,
];
/** They give something else the focus, so they run when the palette has gone. */
const focusing: readonly Shortcut[] = [keys.edit, keys.comment];

export function useTaskCommands(): readonly Command[] {
  const { show } = useOverlays();
  const { readOnly } = useWorkspace();
  const projects = useProjects();
  const keyboard = useKeyboard();
  const available = useAvailable();
  const goToProject = useGoToProject();
  const commands: Command[] = [];
  if (available(keys.setStatus)) {
    for (const shortcut of taskActions.filter(available)) {
      commands.push({
        group: 'This task',
        name: shortcut.title,
        keys: shortcut.keys[0],
        stay: staying.includes(shortcut),
        run: () =>
          focusing.includes(shortcut) ? setTimeout(() => keyboard.run(shortcut)) : keyboard.run(shortcut),
      });
    }
  }
  if (available(keys.create)) {
    commands.push({
      group: 'Do',
      name: 'Create a task',
      icon: <SquarePen size={15} />,
      keys: 'c',
      stay: true,
      keywords: ['new', 'add'],
      at: 10,
      run: () => show(newTask),
    });
  }
  if (!readOnly) {
    commands.push({
      group: 'Do',
      name: 'Create a project',
      stay: true,
      keywords: ['new'],
      at: 20,
      run: () => show(newProject),
    });
  }
  if (available(keys.goBoard)) {
    const go = { group: 'Go to', at: 30 };
    commands.push(
      {
        ...go,
        name: 'Board',
        icon: <Columns3 size={15} />,
        keys: 'g b',
        run: () => keyboard.run(keys.goBoard),
      },
      { ...go, name: 'List', icon: <List size={15} />, keys: 'g l', run: () => keyboard.run(keys.goList) },
    );
  }
  for (const project of projects ?? []) {
    if (project.archived) continue;
    commands.push({
      group: 'Go to',
      name: `Project: ${project.name}`,
      icon: <ProjectBadge projectKey={project.key} />,
      run: () => goToProject(project.id, 'board'),
    });
  }
  return commands;
}
