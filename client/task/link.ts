// Links to tasks: they open in any browser where the person is signed in.
import { toast } from 'sonner';

export function copyTaskLink(taskId: string): void {
  const url = new URL(location.href);
  url.searchParams.set('task', taskId);
  navigator.clipboard.writeText(url.toString()).then(
    () => toast('Link copied'),
    () => toast.error('The browser did not allow copying.'),
  );
}
