// What this browser remembers of the person who used it last, read without the interface: see account/session.ts and
// kit/remember.ts, which write it.

export interface RememberedPerson {
  readonly userId: string;
  /** Id of the workspace at this address. */
  readonly workspaceId: string;
  /** Its name. */
  readonly workspace: string;
  /** Whether the sidebar is shown beside the page. */
  readonly sidebar: boolean;
}

/**
 * @param path of the address: that of a workspace, or the first page, which leads to the last one
 * @returns null when nobody is known here, or the address is of no workspace of theirs
 */
export function rememberedPerson(path: string): RememberedPerson | null {
  try {
    const session = rememberedSession();
    if (!session) return null;
    const asked = path === '/' ? read('workspace') : /^\/w\/([^/]+)/.exec(path)?.[1];
    const isHere = (one: { workspaceId: string }) => one.workspaceId === asked;
    const found = session.memberships.find(isHere) ?? (path === '/' ? session.memberships[0] : undefined);
    if (!found) return null;
    return {
      userId: session.user.id,
      workspaceId: found.workspaceId,
      workspace: found.name,
      sidebar: read('sidebar') !== false,
    };
  } catch {
    // Storage is closed to us, or holds what another version wrote: the interface will say.
    return null;
  }
}

interface RememberedSession {
  readonly user: { readonly id: string };
  readonly memberships: readonly { readonly workspaceId: string; readonly name: string }[];
}

/** @returns whether this person is known here, and is not in this workspace any more */
export function hasLeft(userId: string, workspaceId: string): boolean {
  try {
    const session = rememberedSession();
    if (session?.user.id !== userId) return false;
    return !session.memberships.some((one) => one.workspaceId === workspaceId);
  } catch {
    return false;
  }
}

const rememberedSession = () => read('session') as RememberedSession | null;

const read = (key: string): unknown => JSON.parse(localStorage.getItem(`outpost.${key}`) ?? 'null');
