// Signing in and signing up with e-mail and password.
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Button } from '../kit/button';
import { Field } from '../kit/field';
import { ApiError } from '../sync/react/request';
import { api, type Session } from './api';
import { refreshSession } from './session';

export type Mode = 'sign-in' | 'sign-up';

export interface SignInFormProps {
  mode: Mode;
  /** Fixed: sign in again as this person. */
  email?: string;
  /** Token of the invitation that was followed: some servers take no new account without one. */
  invite?: string;
  onDone: (session: Session) => void;
}

export function SignInForm(props: SignInFormProps) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState(props.email ?? '');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const up = props.mode === 'sign-up';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      if (up) await api.signUp(name.trim(), email.trim(), password, props.invite);
      else await api.signIn(email.trim(), password);
      props.onDone(await refreshSession());
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {up ? (
        <Field
          label="Your name"
          value={name}
          onChange={(e) => setName(e.target.value)}
          autoComplete="name"
          required
          maxLength={120}
          autoFocus
        />
      ) : null}
      <Field
        label="E-mail"
        type="email"
        value={email}
        readOnly={props.email !== undefined}
        onChange={(e) => setEmail(e.target.value)}
        autoComplete="username"
        required
        autoFocus={!up && props.email === undefined}
      />
      <Field
        label="Password"
        type="password"
        value={password}
        onChange={(e) => setPassword(e.target.value)}
        autoComplete={up ? 'new-password' : 'current-password'}
        required
        minLength={up ? 8 : 1}
        maxLength={128}
        hint={up ? 'At least 8 characters.' : undefined}
        autoFocus={!up && props.email !== undefined}
      />
      {error ? (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
          {error}
        </p>
      ) : null}
      <Button type="submit" variant="primary" size="lg" disabled={busy}>
        {up ? 'Create account' : 'Sign in'}
      </Button>
      {up ? null : (
        <Link
          to="/forgot-password"
          className="self-center rounded-sm text-ink-2 underline underline-offset-2 hover:text-ink"
        >
          Forgot password?
        </Link>
      )}
    </form>
  );
}
