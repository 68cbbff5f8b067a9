// Ways to tasks and projects: links that open in any browser where the person is signed in, and going to a project.
import { useNavigate } from '@tanstack/react-router';
import { toast } from 'sonner';
import { useWorkspace } from '../account';

export function copyTaskLink(taskId: string): void {
  const url = new URL(location.href);
  url.searchParams.set('task', taskId);
  navigator.clipboard.writeText(url.toString()).then(
    () => toast('Link copied'),
    () => toast.error('The browser did not allow copying.'),
  );
}

export function useGoToProject(): (projectId: string, view: 'board' | 'list') => void {
  const navigate = useNavigate();
  const { id } = useWorkspace();
  return (projectId, view) =>
    void navigate({ to: `/w/$workspaceId/p/$projectId/${view}`, params: { workspaceId: id, projectId } });
}
