// Signing out: keep this person's data on the device or remove it. Unsent work is never dropped unasked (W1).
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { forgetAll } from '../kit/remember';
import { useStatus, useStore } from '../sync/react/store-context';
import { dropStore, forgetHeard } from '../sync/react/the-store';
import { StoreError } from '../sync/store';
import { api } from './api';
import { forgetSession, useSession } from './session';

const changes = (n: number) => `${n} ${n === 1 ? 'change' : 'changes'}`;

export function SignOutDialog({ onClose }: { onClose: () => void }) {
  const store = useStore();
  const status = useStatus();
  const session = useSession();
  const navigate = useNavigate();
  const [remove, setRemove] = useState(false);
  const [drop, setDrop] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { unsent, onlyHere } = status;

  const leave = async () => {
    setBusy(true);
    setError(null);
    try {
      if (remove) {
        const { removed, unsent: left } = await store.remove({ discardUnsent: drop });
        if (!removed) {
          setError(`Nothing was removed. Not on the server yet: ${changes(left)}.`);
          return setBusy(false);
        }
        forgetAll();
        forgetHeard();
      }
      await store.close();
      dropStore();
      // Without a network the session ends on this device; the server's ends by itself.
      await api.signOut().catch(() => {});
      forgetSession();
      await navigate({ to: '/sign-in', replace: true });
    } catch (cause) {
      setError(cause instanceof StoreError ? cause.message : 'Signing out failed. Try again.');
      setBusy(false);
    }
  };

  const option = (checked: boolean) =>
    `flex cursor-default items-start gap-3 rounded-lg p-3 ring-1 ring-inset ${checked ? 'ring-accent bg-accent-soft/50' : 'ring-line-strong'}`;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Sign out"
      description={`You are signed in as ${session?.user.email ?? 'somebody'}.`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={remove ? 'danger' : 'primary'}
            disabled={busy || status.database !== 'ready' || (remove && onlyHere > 0 && !drop)}
            onClick={() => void leave()}
          >
            {remove ? 'Sign out and remove' : 'Sign out'}
          </Button>
        </>
      }
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 font-[550]">Your data on this device</legend>
        <label className={option(!remove)}>
          <input
            type="radio"
            name="keep"
            checked={!remove}
            onChange={() => setRemove(false)}
            className="mt-1"
          />
          <span>
            <span className="block font-[550]">Keep it</span>
            <span className="text-ink-2">
              Ready at once when you sign in here again.
              {unsent > 0 ? ` What was not sent (${changes(unsent)}) stays here and is sent then.` : ''}
            </span>
          </span>
        </label>
        <label className={option(remove)}>
          <input
            type="radio"
            name="keep"
            checked={remove}
            onChange={() => setRemove(true)}
            className="mt-1"
          />
          <span>
            <span className="block font-[550]">Remove it</span>
            <span className="text-ink-2">For a device that others use, too. It stays on the server.</span>
          </span>
        </label>
      </fieldset>
      {remove && onlyHere > 0 ? (
        <div role="alert" className="mt-3 rounded-lg bg-danger-soft p-3 text-danger">
          <p className="font-[600]">Not on the server yet: {changes(onlyHere)}.</p>
          <label className="mt-2 flex items-start gap-2">
            <input
              type="checkbox"
              checked={drop}
              onChange={(e) => setDrop(e.target.checked)}
              className="mt-1"
            />
            Delete for good what was not sent. It cannot be brought back.
          </label>
        </div>
      ) : null}
      {error ? (
        <p role="alert" className="mt-3 text-danger">
          {error}
        </p>
      ) : null}
    </Dialog>
  );
}
