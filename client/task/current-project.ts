// The project that new tasks go into and that "the board" means.
import { useWorkspace } from '../account';
import { recall } from '../kit/remember';

/** The project that was open last, or the first one. */
export function useCurrentProject(): string | null {
  const workspace = useWorkspace();
  const projects = workspace.projects?.filter((project) => !project.archived) ?? [];
  const last = recall<string>(`project.${workspace.id}`);
  return projects.find((project) => project.id === last)?.id ?? projects[0]?.id ?? null;
}
