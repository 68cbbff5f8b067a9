// The projects and labels of the workspace that is open, from this device. There are few of them: all are kept here, so
// that every part of the interface has their names at once.
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { useWorkspace } from '../account';
import { recall, remember } from '../kit/remember';
import { useIsOffline, useLive, useStatusOf } from '../sync/react/store-context';
import { labelOptions, projectOptions } from './laying';
import type { LabelRow, ProjectRow } from './project-queries';
import * as read from './project-queries';

interface Labels {
  readonly labels: readonly LabelRow[];
  readonly labelById: ReadonlyMap<string, LabelRow>;
}

const LabelsContext = createContext<Labels | null>(null);
const ProjectsContext = createContext<readonly ProjectRow[] | undefined>(undefined);

const none: readonly never[] = [];

export function ProjectDataProvider({ children }: { children: ReactNode }) {
  const { id } = useWorkspace();
  const isHere = useStatusOf((status) => status.loading === null && status.upToDate);
  const isOffline = useIsOffline();
  const labels = useLive((db) => read.labels(db, id), [id], labelOptions(id)) ?? none;
  const live = useLive((db) => read.projects(db, id), [id], projectOptions(id));
  const key = `projects.${id}`;
  // An empty answer while the first rows are still on their way is no knowledge.
  const known = live && (live.length > 0 || isHere);
  useEffect(() => {
    if (known) remember(key, live);
  }, [key, known, live]);
  const projects = useMemo(
    () => (live && (known || isOffline) ? live : (recall<readonly ProjectRow[]>(key) ?? live)),
    [key, known, live, isOffline],
  );
  const value = useMemo<Labels>(
    () => ({ labels, labelById: new Map(labels.map((label) => [label.id, label])) }),
    [labels],
  );
  return (
    <LabelsContext value={value}>
      <ProjectsContext value={projects}>{children}</ProjectsContext>
    </LabelsContext>
  );
}

export function useLabels(): Labels {
  const value = useContext(LabelsContext);
  if (!value) throw new Error('useLabels outside of ProjectDataProvider');
  return value;
}

/** In their order, the archived ones too. @returns undefined: not known yet on this device */
export const useProjects = (): readonly ProjectRow[] | undefined => useContext(ProjectsContext);
