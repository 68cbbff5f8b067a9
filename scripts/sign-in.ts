// Signing in to a running server from a program, as a browser does.
import type { SessionAnswer } from '../db/sync/wire';

/** `message` is a sentence for the person at the terminal. */
export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';
}

export interface SignedIn {
  readonly session: SessionAnswer;
  /** fetch with the session's cookie. */
  readonly fetch: typeof fetch;
}

/** @throws SignInFailed */
export async function signIn(url: string, email: string, password: string): Promise<SignedIn> {
  const headers = { 'content-type': 'application/json', origin: url };
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ email, password }),
  }).catch(() => {
    throw new SignInFailed(`Nothing answers at ${url}. Start the server with npm start, or give --url.`);
  });
  if (!answer.ok) throw new SignInFailed(`Sign-in as ${email} was refused (${answer.status}).`);
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  const withCookie: typeof fetch = (input, init = {}) => {
    const given = new Headers(init.headers);
    given.set('cookie', cookies.join('; '));
    given.set('origin', url);
    return fetch(input, { ...init, headers: given });
  };
  const session = await withCookie(`${url}/api/session`);
  if (!session.ok) throw new SignInFailed(`The server did not say who is signed in (${session.status}).`);
  return { session: (await session.json()) as SessionAnswer, fetch: withCookie };
}
