// The sign-in page, for a device that nobody uses yet; and after signing out.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useAccountOptions } from './account-options';
import type { Session } from './api';
import { AuthFrame } from './frame';
import { type Mode, SignInForm } from './sign-in-form';

/** Only addresses within the app: a link must not lead elsewhere after signing in. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/sign-in') ? next : '/';
}

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const [mode, setMode] = useState<Mode>('sign-in');
  const invited = useAccountOptions()?.signUp === 'invite';
  const up = mode === 'sign-up' && !invited;
  const done = (_session: Session) => {
    const to = safeNext(next);
    // Light mode is a page of its own.
    if (to.startsWith('/light.html')) location.replace(to);
    else void navigate({ href: to, replace: true });
  };
  return (
    <AuthFrame
      title={up ? 'Create your account' : 'Sign in to Outpost'}
      note={
        up
          ? 'Then make a workspace, or follow an invitation.'
          : 'Your work stays on this device, with or without a network.'
      }
      foot={
        invited ? (
          'New here? Ask your team for an invitation link.'
        ) : (
          <>
            {up ? 'You have an account?' : 'New here?'}{' '}
            <button
              type="button"
              onClick={() => setMode(up ? 'sign-in' : 'sign-up')}
              className="rounded-sm font-[550] text-accent-ink underline underline-offset-2"
            >
              {up ? 'Sign in' : 'Create an account'}
            </button>
          </>
        )
      }
    >
      <SignInForm key={mode} mode={up ? 'sign-up' : 'sign-in'} onDone={done} />
    </AuthFrame>
  );
}
