// Who writes: the member and the name that new rows carry.
import { useMemo } from 'react';
import { useSession } from './session';
import { useWorkspace } from './workspace';

export function useAuthor(): { id: string | null; name: string } {
  const { memberId, memberById } = useWorkspace();
  const session = useSession();
  const name = (memberId && memberById.get(memberId)?.name) || session?.user.name || '';
  return useMemo(() => ({ id: memberId, name }), [memberId, name]);
}
