// Stock as the pages use it: each item with what lies where, as far as this device knows, and whether it can be moved.
import { useMemo } from 'react';
import { useWorkspace } from '../account';
import { useLive, useStatus } from '../sync/react/store-context';
import { itemOptions, placeOptions } from './laying';
import { type ItemRow, items, type LevelRow, levels, type PlaceRow, places } from './queries';

export type MovementKind = 'take' | 'add' | 'move';

export interface Item extends ItemRow {
  /** Places with something of it, by name. */
  readonly at: readonly { readonly place: PlaceRow; readonly quantity: number }[];
  readonly total: number;
  /** There is less than the minimum. */
  readonly low: boolean;
}

export interface Stock {
  readonly items: readonly Item[];
  readonly places: readonly PlaceRow[];
}

export function combine(
  itemRows: readonly ItemRow[],
  placeRows: readonly PlaceRow[],
  levelRows: readonly LevelRow[],
): Stock {
  const byItem = new Map<string, LevelRow[]>();
  for (const level of levelRows) {
    const known = byItem.get(level.item_id);
    if (known) known.push(level);
    else byItem.set(level.item_id, [level]);
  }
  return {
    places: placeRows,
    items: itemRows.map((item) => {
      const own = byItem.get(item.id) ?? [];
      const total = own.reduce((sum, level) => sum + level.quantity, 0);
      const at = placeRows.flatMap((place) => {
        const quantity = own.find((level) => level.place_id === place.id)?.quantity ?? 0;
        return quantity > 0 ? [{ place, quantity }] : [];
      });
      return { ...item, at, total, low: total < item.minimum };
    }),
  };
}

/** @returns undefined until this device has answered. */
export function useStock(): Stock | undefined {
  const { id } = useWorkspace();
  const itemRows = useLive((db) => items(db, id), [id], itemOptions(id));
  const placeRows = useLive((db) => places(db, id), [id], placeOptions(id));
  const levelRows = useLive((db) => levels(db, id), [id]);
  return useMemo(
    () => itemRows && placeRows && levelRows && combine(itemRows, placeRows, levelRows),
    [itemRows, placeRows, levelRows],
  );
}

/** How much of it lies in a place, as far as this device knows. */
export function quantityAt(item: Item, placeId: string): number {
  return item.at.find(({ place }) => place.id === placeId)?.quantity ?? 0;
}

/** "12 boxes", or "12" when it is counted in pieces. */
export function amount(quantity: number, unit: string | null): string {
  const number = quantity.toLocaleString('en');
  return unit ? `${number} ${unit}` : number;
}

export interface Moving {
  /** Why stock cannot be moved now, or null. */
  readonly reason: string | null;
  /** It cannot be moved now, but it can be asked for. */
  readonly mayAsk: boolean;
}

/** Whether stock can be taken, added and moved now (C4). */
export function useMoving(): Moving {
  const { readOnly } = useWorkspace();
  const status = useStatus();
  if (readOnly) return { reason: readOnly, mayAsk: false };
  if (status.network === 'offline') {
    const reason = 'Taking, adding and moving need a connection: somebody else may be at the same thing now.';
    return { reason, mayAsk: true };
  }
  if (status.session === 'expired') {
    return { reason: 'Sign in again first: stock is counted on the server.', mayAsk: true };
  }
  return { reason: null, mayAsk: false };
}
