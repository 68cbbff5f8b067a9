// The first place of each status group of the project that is shown, so that a new task goes there without asking the
// database.
import type { Store } from '../../sync/store';
import type { TaskStatus } from '../facts';

/** The position of a group's first task; null: it has none; undefined: not known here. */
type Tops = (status: TaskStatus) => string | null | undefined;

const known = new WeakMap<Store, Map<string, Tops>>();

/** @returns forgets them */
export function keepTops(store: Store, projectId: string, tops: Tops): () => void {
  const projects = known.get(store) ?? new Map<string, Tops>();
  known.set(store, projects);
  projects.set(projectId, tops);
  return () => {
    if (projects.get(projectId) === tops) projects.delete(projectId);
  };
}

/** @returns as Tops, of a project that may not be shown */
export function topOf(store: Store, projectId: string, status: string): string | null | undefined {
  return known.get(store)?.get(projectId)?.(status as TaskStatus);
}
