// What can be done with a page wherever it is shown: make one, rename, move, star, archive, put into the bin.
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useSession, useWorkspace } from '../../account';
import { keyBetween } from '../../kit/position';
import { useAct } from '../../sync/react/act';
import { useStore } from '../../sync/react/store-context';
import { type PageRow, type PageTree, titleOf } from './tree';
import type { Favourite } from './use-pages';
import { changePage, createPage, lastPlace, type PageChange, setFavourite } from './write';
import { forgetWritten } from './written';

export interface PageActions {
  readonly open: (id: string) => void;
  /** Makes an empty page below another, or at the top, and opens it. */
  readonly create: (parentId: string | null) => Promise<void>;
  readonly change: (page: PageRow, label: string, set: PageChange) => Promise<boolean>;
  readonly star: (page: PageRow, stars: readonly Favourite[]) => void;
  readonly archive: (page: PageRow) => void;
  readonly bin: (page: PageRow) => void;
  readonly restore: (page: PageRow) => void;
}

export function usePageActions(tree: PageTree | undefined): PageActions {
  const { id: workspaceId, memberId } = useWorkspace();
  const userId = useSession()?.user.id ?? '';
  const store = useStore();
  const act = useAct();
  const navigate = useNavigate();
  return useMemo(() => {
    const { db } = store;
    const open = (pageId: string) =>
      void navigate({ to: '/w/$workspaceId/d/$pageId', params: { workspaceId, pageId } });
    return {
      open,
      create: async (parentId) => {
        if (!tree) return;
        const { id, statements } = createPage(db, {
          workspaceId,
          parentId,
          position: lastPlace(tree, parentId),
          authorId: memberId,
        });
        if (await act('new page', statements)) open(id);
      },
      change: async (page, label, set) => (await act(label, changePage(db, page.id, set))) !== null,
      star: (page, stars) => {
        const on = !stars.some((star) => star.page_id === page.id);
        const position = keyBetween(stars.at(-1)?.position ?? null, null);
        void act(
          on ? `star of ${titleOf(page)}` : `removed star of ${titleOf(page)}`,
          setFavourite(db, { workspaceId, userId, pageId: page.id, on, position }),
        );
      },
      archive: (page) =>
        void act(`archive of ${titleOf(page)}`, changePage(db, page.id, { archived: !page.archived }), {
          say: page.archived ? `${titleOf(page)} is back` : `${titleOf(page)} is archived`,
        }),
      bin: (page) => {
        forgetWritten(workspaceId, page.id);
        void act(
          `${titleOf(page)} into the bin`,
          changePage(db, page.id, { deleted_at: new Date().toISOString(), deleted_by: memberId }),
          { say: `${titleOf(page)} is in the bin` },
        );
      },
      restore: (page) =>
        void act(`${titleOf(page)} out of the bin`, changePage(db, page.id, { deleted_at: null }), {
          say: `${titleOf(page)} is back`,
        }),
    };
  }, [tree, workspaceId, memberId, userId, store, act, navigate]);
}
