// What other features use of tasks: the one that is open, its icons, making one, projects and labels, what search reads, its keys.
export { useOpenTask } from './active-task';
export { useCurrentProject } from './current-project';
export { StatusIcon } from './icons';
export { useGoToProject } from './links';
export { useLabels, useProjects } from './project-data';
export { searchedTasks } from './searched';
export { taskShortcuts } from './shortcuts';
export { createTask } from './write';
