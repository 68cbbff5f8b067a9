// The resources of the workspace, live, and the order in which they are shown.
import { useMemo } from 'react';
import { useWorkspace } from '../account';
import { useLive, useStatus } from '../sync/react/store-context';
import { resourceOptions } from './laying';
import { type ResourceRow, resources } from './queries';

export interface Resources {
  /** Those in use; undefined: not known yet on this device. */
  readonly active: readonly ResourceRow[] | undefined;
  readonly archived: readonly ResourceRow[];
  /** All of them. */
  readonly byId: ReadonlyMap<string, ResourceRow>;
}

/** All resources of the workspace; undefined: not asked yet. */
export function useAllResources(): readonly ResourceRow[] | undefined {
  const { id } = useWorkspace();
  return useLive((db) => resources(db, id), [id], resourceOptions(id));
}

export function useResources(): Resources {
  const status = useStatus();
  const rows = useAllResources();
  // An empty answer while the first rows are still on their way is no knowledge.
  const known = rows && (rows.length > 0 || status.network === 'offline' || status.upToDate);
  return useMemo(
    () => ({
      active: known ? rows.filter((row) => !row.archived) : undefined,
      archived: rows?.filter((row) => row.archived) ?? [],
      byId: new Map(rows?.map((row) => [row.id, row])),
    }),
    [rows, known],
  );
}
