// Following a password link: whose account it is, and the new password.
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, useCallback, useState } from 'react';
import { Button } from '../kit/button';
import { Field } from '../kit/field';
import { ApiError } from '../sync/react/request';
import { api } from './api';
import { AuthFrame } from './frame';
import { useAnswer } from './use-answer';

export function NewPasswordPage() {
  const { token } = useParams({ from: '/new-password/$token' });
  const { answer, error } = useAnswer(useCallback(() => api.passwordLink(token), [token]));
  const [done, setDone] = useState(false);
  return (
    <AuthFrame
      title={done ? 'Your password is set' : 'Set a new password'}
      note={answer && !done ? `For ${answer.email}.` : null}
    >
      {done ? (
        <Done />
      ) : answer ? (
        <PasswordForm token={token} email={answer.email} onDone={() => setDone(true)} />
      ) : error ? (
        <div className="flex flex-col gap-4">
          <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
            {error}
          </p>
          <Link
            to="/forgot-password"
            className="rounded-sm font-[550] text-accent-ink underline underline-offset-2"
          >
            Ask for a new link
          </Link>
        </div>
      ) : (
        <p className="text-ink-2">Looking at the link…</p>
      )}
    </AuthFrame>
  );
}

function Done() {
  const navigate = useNavigate();
  return (
    <div role="status" className="flex flex-col gap-4">
      <p className="text-ink-2">All devices were signed out. Sign in with the new password.</p>
      <Button variant="primary" size="lg" onClick={() => void navigate({ to: '/sign-in' })} autoFocus>
        Sign in
      </Button>
    </div>
  );
}

function PasswordForm(props: { token: string; email: string; onDone: () => void }) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.setPassword(props.token, password);
      props.onDone();
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {/* For the browser's password manager, which asks whose password this is. */}
      <input type="email" autoComplete="username" value={props.email} readOnly hidden />
      <Field
        label="New password"
        type="password"
        value={password}
        onChange={(e) => setPassword(e.target.value)}
        autoComplete="new-password"
        hint="At least 8 characters."
        error={error}
        required
        minLength={8}
        maxLength={128}
        autoFocus
      />
      <Button type="submit" variant="primary" size="lg" disabled={busy}>
        Set password
      </Button>
    </form>
  );
}
