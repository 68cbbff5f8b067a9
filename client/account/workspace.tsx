// The workspace that is open: its people from this device, and what we may do in it.
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { canWrite } from '../../db/sync/access';
import { access } from '../../db/tables';
import { useLive } from '../sync/react/store-context';
import type { Role } from './api';
import { useSession } from './session';
import * as read from './workspace-queries';

export interface MemberRow {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly created_at: string;
}

export interface WorkspaceData {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Our row in `member`. */
  readonly memberId: string | null;
  /** Why nothing can be changed here, or null if it can. */
  readonly readOnly: string | null;
  readonly members: readonly MemberRow[];
  readonly memberById: ReadonlyMap<string, MemberRow>;
}

const WorkspaceContext = createContext<WorkspaceData | null>(null);

export function useWorkspace(): WorkspaceData {
  const value = useContext(WorkspaceContext);
  if (!value) throw new Error('useWorkspace outside of WorkspaceProvider');
  return value;
}

const none: readonly never[] = [];

/** @param isAbsent the workspace's own row is not on this device: nothing could refer to it */
function reasonAgainstWriting(role: Role, isAbsent: boolean): string | null {
  if (!canWrite(role, access.task, 'update'))
    return 'You are a guest here: you can read, but not change anything.';
  return isAbsent ? 'This workspace is still on its way to this device.' : null;
}

export function WorkspaceProvider({ id, children }: { id: string; children: ReactNode }) {
  const session = useSession();
  const membership = session?.memberships.find((m) => m.workspaceId === id);
  const members = useLive((db) => read.members(db, id), [id]) ?? none;
  const named = useLive((db) => read.workspaceName(db, id), [id]);

  const value = useMemo<WorkspaceData>(() => {
    const me = members.find((member) => member.user_id === session?.user.id);
    const role = ((me?.role as Role | undefined) ?? membership?.role ?? 'guest') satisfies Role;
    return {
      id,
      name: named?.[0]?.name ?? membership?.name ?? 'Workspace',
      role,
      memberId: me?.id ?? membership?.memberId ?? null,
      readOnly: reasonAgainstWriting(role, named?.length === 0),
      members,
      memberById: new Map(members.map((member) => [member.id, member])),
    };
  }, [id, members, named, membership, session]);
  return <WorkspaceContext value={value}>{children}</WorkspaceContext>;
}
