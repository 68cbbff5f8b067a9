// Members: shown from this device; invitations and roles are requests to the server and need a connection (C4).
import { Link2, MoreHorizontal, Users } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { Avatar } from '../kit/avatar';
import { Button, IconButton } from '../kit/button';
import { CopyField } from '../kit/copy-field';
import { Dialog } from '../kit/dialog';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../kit/menu';
import { Column, Page, Section } from '../kit/page-frame';
import { ApiError } from '../sync/react/request';
import { useStatus } from '../sync/react/store-context';
import { api, type Role } from './api';
import { Invitations } from './invitations';
import { PasswordLinkDialog } from './password-link';
import { refreshSession, useSession } from './session';
import { type MemberRow, useWorkspace } from './workspace';

const roles: Record<Role, { name: string; can: string }> = {
  owner: { name: 'Owner', can: 'Does everything, also invites people and changes roles' },
  member: { name: 'Member', can: 'Reads and changes everything' },
  guest: { name: 'Guest', can: 'Reads everything, changes nothing' },
};
const roleIds = ['owner', 'member', 'guest'] as const;

/** Why members cannot be changed now, or null. */
function useReason(): string | null {
  const status = useStatus();
  const { role } = useWorkspace();
  if (role !== 'owner') return 'Only an owner of this workspace can do this.';
  if (status.network === 'offline')
    return 'Members and invitations need a connection: they are decided on the server.';
  if (status.session === 'expired') return 'Sign in again first: members are decided on the server.';
  return null;
}

const tell = (cause: unknown) =>
  toast.error(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');

function Member({ member, reason }: { member: MemberRow; reason: string | null }) {
  const workspace = useWorkspace();
  const session = useSession();
  const [removing, setRemoving] = useState(false);
  const [linking, setLinking] = useState(false);
  const own = member.user_id === session?.user.id;
  const change = (to: Role) =>
    api
      .changeRole(workspace.id, member.id, to)
      .then(() => toast(`${member.name} is ${roles[to].name.toLowerCase()} now`), tell);
  const remove = () => {
    setRemoving(false);
    void api.removeMember(workspace.id, member.id).then(() => {
      toast(own ? 'You have left' : `${member.name} was removed`);
      if (own) void refreshSession().catch(() => {});
    }, tell);
  };
  return (
    <li className="flex min-h-14 items-center gap-3 bg-surface px-4 py-2">
      <Avatar name={member.name} size={28} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-[550]">
          {member.name} {own ? <span className="font-[450] text-ink-3">(you)</span> : null}
        </p>
        <p className="truncate text-ink-3">{member.email}</p>
      </div>
      <span className="text-ink-2">{roles[member.role as Role]?.name ?? member.role}</span>
      {reason ? (
        <IconButton label={`Actions for ${member.name}`} reason={reason}>
          <MoreHorizontal size={15} aria-hidden />
        </IconButton>
      ) : (
        <Menu
          align="end"
          label={`Actions for ${member.name}`}
          trigger={
            <IconButton label={`Actions for ${member.name}`}>
              <MoreHorizontal size={15} aria-hidden />
            </IconButton>
          }
        >
          <MenuLabel>Role</MenuLabel>
          {roleIds.map((id) => (
            <MenuItem
              key={id}
              disabled={member.role === id}
              note={roles[id].can}
              onSelect={() => void change(id)}
            >
              {roles[id].name}
            </MenuItem>
          ))}
          <MenuLine />
          {own ? null : <MenuItem onSelect={() => setLinking(true)}>Make a password link</MenuItem>}
          <MenuItem danger onSelect={() => setRemoving(true)}>
            {own ? 'Leave workspace' : 'Remove from workspace'}
          </MenuItem>
        </Menu>
      )}
      {linking ? <PasswordLinkDialog member={member} onClose={() => setLinking(false)} /> : null}
      <Dialog
        open={removing}
        onOpenChange={setRemoving}
        title={own ? `Leave ${workspace.name}?` : `Remove ${member.name}?`}
        description="What they wrote stays. The workspace leaves their devices; what they had not sent is kept there."
        actions={
          <>
            <Button onClick={() => setRemoving(false)}>Cancel</Button>
            <Button variant="danger" onClick={remove}>
              {own ? 'Leave' : 'Remove'}
            </Button>
          </>
        }
      />
    </li>
  );
}

function Invite({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const workspace = useWorkspace();
  const [role, setRole] = useState<Role>('member');
  const [url, setUrl] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    try {
      setUrl((await api.createInvite(workspace.id, role)).url);
      onMade();
    } catch (cause) {
      tell(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Invite by link"
      description={
        url
          ? 'Send this link to one person. It is good for seven days and shown only now.'
          : `Whoever opens the link joins ${workspace.name}.`
      }
      actions={
        url ? (
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" disabled={busy} onClick={() => void make()}>
              Make link
            </Button>
          </>
        )
      }
    >
      {url ? (
        <CopyField label="Invitation link" noun="Link" value={url} />
      ) : (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-[550]">They join as</legend>
          {roleIds.map((id) => (
            <label
              key={id}
              className={`flex items-start gap-3 rounded-lg p-3 ring-1 ring-inset ${role === id ? 'bg-accent-soft/50 ring-accent' : 'ring-line-strong'}`}
            >
              <input
                type="radio"
                name="role"
                checked={role === id}
                onChange={() => setRole(id)}
                className="mt-1"
              />
              <span>
                <span className="block font-[550]">{roles[id].name}</span>
                <span className="text-ink-2">{roles[id].can}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </Dialog>
  );
}

export function MembersPage() {
  const workspace = useWorkspace();
  const reason = useReason();
  const [inviting, setInviting] = useState(false);
  const [made, setMade] = useState(0);
  return (
    <Page title="Members" icon={<Users size={15} aria-hidden />}>
      <Column>
        <Section
          title={`Members of ${workspace.name}`}
          note={reason ?? 'Changes here go to the server at once.'}
          action={
            <Button
              variant="primary"
              icon={<Link2 size={14} aria-hidden />}
              reason={reason}
              onClick={() => setInviting(true)}
            >
              Invite by link
            </Button>
          }
        >
          <ul aria-label="Members" className="divide-y divide-line">
            {workspace.members.map((member) => (
              <Member key={member.id} member={member} reason={reason} />
            ))}
          </ul>
          {workspace.members.length === 0 ? (
            <div className="flex h-14 items-center gap-3 bg-surface px-4" aria-hidden>
              <span className="skeleton size-7 rounded-full" />
              <span className="skeleton h-2.5 w-40" />
            </div>
          ) : null}
        </Section>
        {workspace.role === 'owner' ? (
          <Invitations
            workspaceId={workspace.id}
            reason={reason}
            made={made}
            nameOf={(role) => roles[role].name}
          />
        ) : null}
      </Column>
      {inviting ? (
        <Invite onClose={() => setInviting(false)} onMade={() => setMade((count) => count + 1)} />
      ) : null}
    </Page>
  );
}
