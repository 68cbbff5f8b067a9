// The pages of the open workspace as a tree, and the stars of the person; every part of the screen shares one query.
import { useMemo } from 'react';
import { useSession, useWorkspace } from '../../account';
import { useLive } from '../../sync/react/store-context';
import { pageOptions } from './laying';
import { favourites, pages } from './queries';
import { buildTree, type PageRow, type PageTree } from './tree';

/** @returns undefined until this device has answered. */
export function usePages(): PageTree | undefined {
  const { id } = useWorkspace();
  const rows = useLive<PageRow>((db) => pages(db, id), [id], pageOptions(id));
  return useMemo(() => rows && buildTree(rows), [rows]);
}

export interface Favourite {
  readonly id: string;
  readonly page_id: string;
  readonly position: string;
}
const none: readonly Favourite[] = [];

export function useFavourites(): readonly Favourite[] {
  const { id } = useWorkspace();
  const userId = useSession()?.user.id ?? '';
  return useLive<Favourite>((db) => favourites(db, id, userId), [id, userId]) ?? none;
}
