// How a write of this tab changes the tree's rows before the database answers (client/sync/laying.ts).
import { byPosition, layList } from '../../sync/laying';
import type { PageRow } from './tree';

/** Of pages. */
export const pageOptions = (workspaceId: string) =>
  layList<PageRow>({
    of: 'page',
    blank: {
      parent_id: null,
      title: '',
      icon: '',
      position: '',
      archived: false,
      deleted_at: null,
      deleted_by: null,
    },
    belongs: (set) => set.workspace_id === workspaceId,
    order: byPosition,
  });
