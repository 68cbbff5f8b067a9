// The project that new tasks go into and that "the board" means.

import { useWorkspace } from '../account';
import { recall } from '../kit/remember';
import { useProjects } from './project-data';

/** The project that was open last, or the first one. */
export function useCurrentProject(): string | null {
  const { id } = useWorkspace();
  const projects = useProjects()?.filter((project) => !project.archived) ?? [];
  const last = recall<string>(`project.${id}`);
  return projects.find((project) => project.id === last)?.id ?? projects[0]?.id ?? null;
}
