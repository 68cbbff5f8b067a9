// Signing in again in place, when the session has ended: nothing on the device waits for it (A3).
import { toast } from 'sonner';
import { Dialog } from '../kit/dialog';
import { useStore } from '../sync/react/store-context';
import type { Session } from './api';
import { useSession } from './session';
import { SignInForm } from './sign-in-form';

export function SignInDialog({ onClose }: { onClose: () => void }) {
  const store = useStore();
  const session = useSession();
  const done = (_next: Session) => {
    store.wake();
    onClose();
    toast('Signed in. Syncing goes on.');
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Sign in again"
      description="Your session has ended. Everything on this device is still here and will be sent."
    >
      <SignInForm mode="sign-in" {...(session ? { email: session.user.email } : {})} onDone={done} />
    </Dialog>
  );
}
