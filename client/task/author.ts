// Who writes: the member and the name that new tasks and comments carry.
import { useMemo } from 'react';
import { useSession } from '../account/session';
import { useWorkspace } from '../account/workspace';

export function useAuthor(): { id: string | null; name: string } {
  const { memberId, memberById } = useWorkspace();
  const session = useSession();
  const name = (memberId && memberById.get(memberId)?.name) || session?.user.name || '';
  return useMemo(() => ({ id: memberId, name }), [memberId, name]);
}
