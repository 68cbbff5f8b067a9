// Following an invitation: says where it leads and as what, then joins; whoever is not signed in does that first.
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Button } from '../kit/button';
import { ApiError } from '../sync/react/request';
import { api } from './api';
import { AuthFrame } from './frame';
import { addMembership, useSession } from './session';
import { type Mode, SignInForm } from './sign-in-form';

type Invite = Awaited<ReturnType<typeof api.invite>>;

const roleWords = {
  owner: 'an owner: you can do everything, also invite people',
  member: 'a member: you can read and change everything',
  guest: 'a guest: you can read everything',
} as const;

const sentence = (cause: unknown) =>
  cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.';

export function InvitePage() {
  const { token } = useParams({ from: '/invite/$token' });
  const session = useSession();
  const navigate = useNavigate();
  const [invite, setInvite] = useState<Invite | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [mode, setMode] = useState<Mode>('sign-up');
  /** The server does not know our session, whatever this browser remembers. */
  const [expired, setExpired] = useState(false);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    api.invite(token).then(setInvite, (cause) => setError(sentence(cause)));
  }, [token]);

  const accept = async () => {
    setBusy(true);
    setError(null);
    try {
      const joined = await api.acceptInvite(token);
      addMembership(joined);
      await navigate({ to: '/w/$workspaceId', params: { workspaceId: joined.workspaceId }, replace: true });
    } catch (cause) {
      if (cause instanceof ApiError && cause.kind === 'signed-out') setExpired(true);
      setError(sentence(cause));
    } finally {
      setBusy(false);
    }
  };

  const known = session !== null && !expired;
  return (
    <AuthFrame
      title={invite ? `Join ${invite.workspaceName}` : 'Invitation'}
      note={invite ? `${invite.invitedBy} invites you as ${roleWords[invite.role]}.` : null}
      foot={
        known ? null : (
          <>
            {mode === 'sign-up' ? 'You have an account?' : 'New here?'}{' '}
            <button
              type="button"
              onClick={() => setMode(mode === 'sign-up' ? 'sign-in' : 'sign-up')}
              className="rounded-sm font-[550] text-accent-ink underline underline-offset-2"
            >
              {mode === 'sign-up' ? 'Sign in' : 'Create an account'}
            </button>
          </>
        )
      }
    >
      {error ? (
        <p role="alert" className="mb-4 rounded-md bg-danger-soft px-3 py-2 text-danger">
          {error}
        </p>
      ) : null}
      {invite && known ? (
        <div className="flex flex-col gap-3">
          <p className="text-ink-2">
            You are signed in as <span className="font-[550] text-ink">{session?.user.email}</span>.
          </p>
          <Button variant="primary" size="lg" disabled={busy} onClick={() => void accept()}>
            Join workspace
          </Button>
        </div>
      ) : invite ? (
        <SignInForm key={mode} mode={mode} invite={token} onDone={() => setExpired(false)} />
      ) : error ? (
        <Link to="/" className="font-[550] text-accent-ink underline underline-offset-2">
          Go to your workspaces
        </Link>
      ) : (
        <p className="text-ink-2">Looking at the invitation…</p>
      )}
    </AuthFrame>
  );
}
