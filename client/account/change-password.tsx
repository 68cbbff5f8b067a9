// Changing the password: the current one, the new one, and every other device signs in anew.
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Field } from '../kit/field';
import { ApiError } from '../sync/react/request';
import { api } from './api';
import { useSession } from './session';
import { useAccountReason } from './use-account-reason';

export function ChangePassword() {
  const reason = useAccountReason();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" reason={reason} onClick={() => setOpen(true)}>
        Change password
      </Button>
      {open ? <ChangePasswordDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const session = useSession();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ sentence: string; of: 'current' | 'next' } | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.changePassword(session?.user.id ?? '', current, next);
      toast('Password changed. Your other devices were signed out.');
      onClose();
    } catch (cause) {
      const sentence = cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.';
      const of = cause instanceof ApiError && cause.kind === 'forbidden' ? 'current' : 'next';
      setError({ sentence, of });
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Change password"
      description="Your other devices will have to sign in again. What they have not sent stays on them."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="change-password" disabled={busy}>
            Change password
          </Button>
        </>
      }
    >
      <form id="change-password" onSubmit={submit} className="flex flex-col gap-4">
        <input type="email" autoComplete="username" value={session?.user.email ?? ''} readOnly hidden />
        <Field
          label="Current password"
          type="password"
          value={current}
          onChange={(e) => setCurrent(e.target.value)}
          autoComplete="current-password"
          error={error?.of === 'current' ? error.sentence : null}
          required
          autoFocus
        />
        <Field
          label="New password"
          type="password"
          value={next}
          onChange={(e) => setNext(e.target.value)}
          autoComplete="new-password"
          hint="At least 8 characters."
          error={error?.of === 'next' ? error.sentence : null}
          required
          minLength={8}
          maxLength={128}
        />
      </form>
    </Dialog>
  );
}
