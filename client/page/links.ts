// The way to a page.
import { useNavigate } from '@tanstack/react-router';
import { useWorkspace } from '../account';

/** @returns goes to a page. `find`: the words of a search, whose places in the page are shown */
export function useGoToPage(): (pageId: string, find?: string) => void {
  const navigate = useNavigate();
  const { id } = useWorkspace();
  return (pageId, find) =>
    void navigate({
      to: '/w/$workspaceId/d/$pageId',
      params: { workspaceId: id, pageId },
      search: find ? { find } : {},
    });
}
