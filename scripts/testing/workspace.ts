// Workspaces of tests, founded and joined as people do it, over HTTP; and a crew of one, with somebody of another.
import type { Role } from '../../api/account/membership';
import type { Joined } from '../../api/account/workspaces';
import type { TestApi, TestPerson } from './api';

/** @throws when the server does not make it */
export async function foundWorkspace(owner: TestPerson, name = 'Station'): Promise<Joined> {
  const { status, body } = await owner.json<Joined>('POST', '/api/workspaces', { name });
  if (status !== 201) throw new Error(`the workspace was not made: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** One invites the other, who accepts. @throws when the server does not let them */
export async function join(
  owner: TestPerson,
  person: TestPerson,
  workspaceId: string,
  role: Role,
): Promise<Joined> {
  const path = `/api/workspaces/${workspaceId}/invites`;
  const invite = await owner.json<{ url: string }>('POST', path, { role });
  if (invite.status !== 201) throw new Error(`the invitation was not made: ${invite.status}`);
  const token = new URL(invite.body.url).pathname.split('/').at(-1);
  const { status, body } = await person.json<Joined>('POST', `/api/invites/${token}/accept`, {});
  if (status !== 200) throw new Error(`the invitation was not accepted: ${status}`);
  return body;
}

export interface Crew {
  readonly workspaceId: string;
  /** Ada, who founded it. */
  readonly owner: TestPerson;
  /** Ben. */
  readonly member: TestPerson;
  /** Gus. */
  readonly guest: TestPerson;
  /** Olga, who owns another workspace and does not belong to this one. */
  readonly outsider: TestPerson;
  /** Ids of the rows in `member`. */
  readonly memberIds: { readonly owner: string; readonly member: string; readonly guest: string };
  /** The outsider's workspace. */
  readonly elsewhereId: string;
}

/** A new workspace with new people, on a running API. */
export async function foundCrew(api: TestApi): Promise<Crew> {
  const owner = await api.person('Ada');
  const member = await api.person('Ben');
  const guest = await api.person('Gus');
  const outsider = await api.person('Olga');
  const { workspaceId, memberId } = await foundWorkspace(owner);
  const memberIds = {
    owner: memberId,
    member: (await join(owner, member, workspaceId, 'member')).memberId,
    guest: (await join(owner, guest, workspaceId, 'guest')).memberId,
  };
  const { workspaceId: elsewhereId } = await foundWorkspace(outsider, 'Elsewhere');
  return { workspaceId, owner, member, guest, outsider, memberIds, elsewhereId };
}
