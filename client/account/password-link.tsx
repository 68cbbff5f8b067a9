// An owner's help for a member who forgot their password: a link, shown once, where the server sends no e-mail.
import { useState } from 'react';
import { Button } from '../kit/button';
import { CopyField } from '../kit/copy-field';
import { Dialog } from '../kit/dialog';
import { ApiError } from '../sync/react/request';
import { useAccountOptions } from './account-options';
import { api } from './api';
import { type MemberRow, useWorkspace } from './workspace';

export function PasswordLinkDialog({ member, onClose }: { member: MemberRow; onClose: () => void }) {
  const workspace = useWorkspace();
  const byMail = useAccountOptions()?.passwordByMail === true;
  const [url, setUrl] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    setError(null);
    try {
      setUrl((await api.makePasswordLink(workspace.id, member.id)).url);
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    } finally {
      setBusy(false);
    }
  };
  const description = url
    ? `Send this link to ${member.name} only. It works once, within a day, and is shown only now.`
    : byMail
      ? `${member.name} can choose “Forgot password?” when signing in, and gets a link by e-mail.`
      : `With the link, ${member.name} sets a new password without knowing the old one. All their devices have to sign in again then.`;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Password link for ${member.name}`}
      description={description}
      actions={
        url || byMail ? (
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
      {url ? <CopyField label="Password link" noun="Link" value={url} /> : null}
      {url || byMail ? null : (
        <p className="text-ink-2">
          Whoever opens the link gets full access to the account. So you can make one only for people all of
          whose workspaces you own.
        </p>
      )}
      {error ? (
        <p role="alert" className="mt-3 rounded-md bg-danger-soft px-3 py-2 text-danger">
          {error}
        </p>
      ) : null}
    </Dialog>
  );
}
