// Making a workspace: an ordinary request to the server, so it needs a connection (C4).
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Field } from '../kit/field';
import { ApiError } from '../sync/react/request';
import { api } from './api';
import { AuthFrame } from './frame';
import { addMembership, forgetSession, refreshSession, useSession } from './session';

function WorkspaceForm({ id, onMade }: { id: string; onMade: (workspaceId: string) => void }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim() || busy) return;
    setBusy(true);
    setError(null);
    try {
      const made = await api.createWorkspace(name.trim());
      addMembership(made);
      onMade(made.workspaceId);
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form id={id} onSubmit={submit}>
      <Field
        label="Name of the workspace"
        value={name}
        onChange={(e) => setName(e.target.value)}
        maxLength={80}
        required
        error={error}
        hint="A team, a site, a ship. Others join by a link that you send them."
        autoFocus
      />
    </form>
  );
}

export function NewWorkspace({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New workspace"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="new-workspace">
            Create workspace
          </Button>
        </>
      }
    >
      <WorkspaceForm
        id="new-workspace"
        onMade={(workspaceId) => {
          onClose();
          void navigate({ to: '/w/$workspaceId', params: { workspaceId } });
        }}
      />
    </Dialog>
  );
}

/** For a person who is in no workspace yet. */
export function FirstWorkspacePage() {
  const navigate = useNavigate();
  const session = useSession();
  return (
    <AuthFrame
      title="Create your first workspace"
      note="Or ask somebody for an invitation link to theirs."
      foot={
        <>
          Signed in as {session?.user.email}.{' '}
          <button
            type="button"
            className="rounded-sm font-[550] text-accent-ink underline underline-offset-2"
            onClick={() => {
              void api.signOut().catch(() => {});
              forgetSession();
            }}
          >
            Sign out
          </button>
          {' · '}
          <button
            type="button"
            className="rounded-sm font-[550] text-accent-ink underline underline-offset-2"
            onClick={() => void refreshSession().catch(() => {})}
          >
            Look again
          </button>
        </>
      }
    >
      <WorkspaceForm
        id="first-workspace"
        onMade={(workspaceId) => void navigate({ to: '/w/$workspaceId', params: { workspaceId } })}
      />
      <Button type="submit" form="first-workspace" variant="primary" size="lg" className="mt-4 w-full">
        Create workspace
      </Button>
    </AuthFrame>
  );
}
