// How a write of this tab changes items and places before the database answers (client/sync/laying.ts).
import { byName, layList } from '../sync/laying';
import type { ItemRow, PlaceRow } from './queries';

/** Of items. */
export const itemOptions = (workspaceId: string) =>
  layList<ItemRow>({
    of: 'stock_item',
    blank: { name: '', unit: '', notes: '', minimum: 0, archived: false },
    belongs: (set) => set.workspace_id === workspaceId,
    order: byName,
  });

/** Of places. */
export const placeOptions = (workspaceId: string) =>
  layList<PlaceRow>({
    of: 'stock_place',
    blank: { name: '', archived: false },
    belongs: (set) => set.workspace_id === workspaceId,
    order: byName,
  });
