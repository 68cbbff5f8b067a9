// What people are told when signing in, or anything else about an account, is refused: better-auth's codes in sentences.
import type { ApiErrorKind } from '../../db/sync/wire';
import { failureResponse } from '../sync/errors';
import { passwordLength } from './passwords';

interface Refusal {
  readonly kind: ApiErrorKind;
  readonly sentence: string;
}

const taken: Refusal = {
  kind: 'conflict',
  sentence: 'There is an account with this e-mail already. Sign in instead.',
};

/** Codes that a person can do something about. */
const refusals: Readonly<Record<string, Refusal>> = {
  INVALID_EMAIL_OR_PASSWORD: { kind: 'forbidden', sentence: 'This e-mail and password do not match.' },
  INVALID_EMAIL: { kind: 'malformed', sentence: 'This is not an e-mail address.' },
  INVALID_PASSWORD: { kind: 'forbidden', sentence: 'The current password is not right.' },
  PASSWORD_TOO_SHORT: {
    kind: 'malformed',
    sentence: `The password is too short: use at least ${passwordLength.least} characters.`,
  },
  PASSWORD_TOO_LONG: {
    kind: 'malformed',
    sentence: `The password is too long: use at most ${passwordLength.most} characters.`,
  },
  PASSWORD_COMMON: {
    kind: 'malformed',
    sentence: 'Too many people use this password, so it is easy to guess. Choose another one.',
  },
  PASSWORD_PERSONAL: {
    kind: 'malformed',
    sentence: 'Your name or e-mail address is easy to guess. Choose another password.',
  },
  INVALID_TOKEN: {
    kind: 'not-found',
    sentence: 'This link was used or has run out. Ask for a new one.',
  },
  ACCOUNT_CLOSED: {
    kind: 'forbidden',
    sentence: 'This demonstration account is closed: everybody knows its password.',
  },
  INVALID_NAME: { kind: 'malformed', sentence: 'Give a name of at most 80 characters.' },
  USER_ALREADY_EXISTS: taken,
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: taken,
};

function refusalOf(status: number, code: string): Refusal {
  const known = refusals[code];
  if (known) return known;
  if (status === 429) return { kind: 'busy', sentence: 'Too many attempts. Wait a minute and try again.' };
  if (status === 401) return { kind: 'signed-out', sentence: 'Sign in again.' };
  if (status === 403) return { kind: 'forbidden', sentence: 'This is not allowed.' };
  if (status === 404) return { kind: 'not-found', sentence: 'The server does not know this.' };
  return { kind: 'malformed', sentence: 'The server did not accept this; check what you entered.' };
}

/**
 * Adds the apiError of db/sync/wire.ts to better-auth's own errors, which keep their `code` and `message`.
 * @returns the answer, and the code; null when there is none
 */
export async function withApiError(
  response: Response,
): Promise<{ readonly response: Response; readonly code: string | null }> {
  if (response.status < 400) return { response, code: null };
  if (response.status >= 500) {
    const busy = failureResponse('busy', 'Sign-in is not possible just now; try again.');
    return { response: busy, code: null };
  }
  const body: unknown = await response.json().catch(() => null);
  const own = typeof body === 'object' && body !== null ? body : {};
  const code = 'code' in own && typeof own.code === 'string' ? own.code : '';
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const error = refusalOf(response.status, code);
  return { response: Response.json({ ...own, error }, { status: response.status, headers }), code };
}

/** @param wait seconds */
export function tooManyAttempts(wait: number, whose: 'account' | 'address'): Response {
  const minutes = Math.ceil(wait / 60);
  const when = minutes <= 1 ? 'a minute' : `${minutes} minutes`;
  const what = whose === 'account' ? 'with this account' : 'from your network';
  const sentence = `Too many wrong passwords ${what}. Try again in ${when}.`;
  const response = failureResponse('busy', sentence, { status: 429 });
  response.headers.set('retry-after', String(wait));
  return response;
}
