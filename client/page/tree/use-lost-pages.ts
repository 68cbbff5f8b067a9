// Tells a person once that a page in which they wrote was put into the bin by another, wherever they are now.
import { useEffect } from 'react';
import { toast } from 'sonner';
import { useWorkspace } from '../../account';
import { whoBinned } from './bin-banner';
import { type PageTree, titleOf } from './tree';
import type { PageActions } from './use-page-actions';
import { forgetWritten, writtenAt } from './written';

/** Who wrote this shortly before the page went, or after, may not have meant it to go. */
const NEAR_MS = 10 * 60_000;

export function useLostPages(tree: PageTree | undefined, actions: PageActions, openId?: string): void {
  const { id: workspaceId, readOnly, memberId, memberById } = useWorkspace();
  useEffect(() => {
    if (!tree || readOnly !== null) return;
    for (const [pageId, at] of Object.entries(writtenAt(workspaceId))) {
      const page = tree.byId.get(pageId);
      const binned = page && tree.binned(pageId);
      // The open page says it itself.
      if (!page || !binned?.deleted_at || pageId === openId) continue;
      forgetWritten(workspaceId, pageId);
      if (at < Date.parse(binned.deleted_at) - NEAR_MS) continue;
      const who = whoBinned(binned, { memberId, memberById }) ?? 'Somebody';
      toast(
        `${who} moved “${titleOf(page)}” to the bin while you were writing in it. What you wrote is kept.`,
        {
          duration: 20_000,
          action: { label: 'Bring it back', onClick: () => actions.restore(binned) },
        },
      );
    }
  }, [tree, actions, workspaceId, readOnly, memberId, memberById, openId]);
}
