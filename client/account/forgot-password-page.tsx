// A forgotten password: a link by e-mail where the server sends any, else who can make one.
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Button } from '../kit/button';
import { Field } from '../kit/field';
import { ApiError } from '../sync/react/request';
import { type AccountOptions, api } from './api';
import { AuthFrame } from './frame';
import { useSession } from './session';
import { useAnswer } from './use-answer';

const back = (
  <Link to="/sign-in" className="rounded-sm font-[550] text-accent-ink underline underline-offset-2">
    Back to sign in
  </Link>
);

export function ForgotPasswordPage() {
  const { answer, error } = useAnswer(api.accountOptions);
  return (
    <AuthFrame title="Forgot your password?" foot={back}>
      {error ? (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
          {error}
        </p>
      ) : answer ? (
        <Help options={answer} />
      ) : (
        <p className="text-ink-2">Asking the server…</p>
      )}
    </AuthFrame>
  );
}

function Help({ options }: { options: AccountOptions }) {
  if (options.passwordByMail) return <MailForm />;
  return (
    <div className="flex flex-col gap-3 text-ink-2">
      <p>This server sends no e-mail. Ask an owner of your workspace to make a password link for you:</p>
      <p className="text-ink">Members → the menu beside your name → Make a password link</p>
      <p>Nothing on this device is lost meanwhile.</p>
    </div>
  );
}

function MailForm() {
  const session = useSession();
  const [email, setEmail] = useState(session?.user.email ?? '');
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.askForPassword(email.trim());
      setSent(true);
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    } finally {
      setBusy(false);
    }
  };
  if (sent) {
    return (
      <div role="status" className="flex flex-col gap-3">
        <p>
          If there is an account for <span className="font-[550]">{email.trim()}</span>, a link is on its way.
        </p>
        <p className="text-ink-2">It works once, within the next hour. Look in your spam folder, too.</p>
      </div>
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field
        label="E-mail"
        type="email"
        value={email}
        onChange={(e) => setEmail(e.target.value)}
        autoComplete="username"
        hint="We send you a link to set a new password."
        error={error}
        required
        autoFocus
      />
      <Button type="submit" variant="primary" size="lg" disabled={busy}>
        Send link
      </Button>
    </form>
  );
}
