// The session has ended: reading what is kept and writing go on, and signing in again sends what waits (A3).
import { type FormEvent, useState } from 'react';
import { api } from '../account/api';
import { Field } from '../kit/field';
import { Notice, PlainButton } from '../kit/light';
import { useLightStatus } from '../sync/light/react';
import type { LightStore } from '../sync/light/store';
import { ApiError } from '../sync/react/request';

export function SignInAgain({ store, email }: { store: LightStore; email: string }) {
  const { session } = useLightStatus(store);
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  if (session === 'signed-in') return null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await api.signIn(email, password);
      setPassword('');
      setError(null);
      store.wake();
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    }
  };
  return (
    <Notice tone="warn">
      <form onSubmit={(event) => void submit(event)} className="flex flex-col items-start gap-2">
        <p>Your session has ended. You can go on; sign in as {email} to send and receive changes.</p>
        <Field
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={error}
        />
        <PlainButton type="submit">Sign in</PlainButton>
      </form>
    </Notice>
  );
}
