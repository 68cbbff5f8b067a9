// Requests that need the server at once (C4); everything else is local. Whatever goes wrong comes out as an ApiError of a
// closed kind, with a sentence that can be shown (W5). Which requests there are is said by the features.
import type { z } from 'zod';
import { type ApiErrorKind, apiError, PERSON_HEADER } from '../../../db/sync/wire';

/** `message` is a sentence a person can act on. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly kind: ApiErrorKind,
    sentence: string,
    /** What the server adds for programs, by the kind and the route. */
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(sentence);
  }
}

const sentences: Record<ApiErrorKind, string> = {
  'signed-out': 'You are signed out. Sign in again; nothing on this device is lost.',
  forbidden: 'Your role in this workspace does not allow this.',
  'not-found': 'The server does not know this.',
  malformed: 'The server did not accept this request.',
  'too-large': 'This is too large for the server.',
  protocol: 'This version of the app does not match the server. Reload the page.',
  gap: 'The server is missing earlier changes. They will be sent again.',
  fork: 'The server holds another copy of this device’s history.',
  busy: 'The server is busy. Try again in a moment.',
  conflict: 'This clashes with something that is already there.',
  unreachable: 'The server cannot be reached. Check the connection and try again.',
};

/** An answer that is not the server's: whether it carried the request out is not known. */
const elsewhere =
  'Something else answered in place of the server, as the sign-in page of a hotel or airport network does. Try again when you are through it.';

/** A proxy before the server may be busy, or refuse what is too large; what else is not the server's word says nothing. */
function refusal(status: number, body: unknown): ApiError {
  const ours = apiError.safeParse(body);
  if (ours.success) {
    const { kind, sentence, detail } = ours.data.error;
    return new ApiError(kind, sentence, detail);
  }
  if (status === 413) return new ApiError('too-large', sentences['too-large']);
  const isBusy = status === 429 || (status >= 500 && status !== 511);
  return isBusy ? new ApiError('busy', sentences.busy) : new ApiError('unreachable', elsewhere);
}

/**
 * Asks the server once, within 20 s. The answer is parsed: what has another shape is not the server's.
 * @throws ApiError and nothing else
 */
export async function call<T>(
  method: string,
  path: string,
  answer: z.ZodType<T>,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    throw new ApiError('unreachable', sentences.unreachable);
  }
  const json: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusal(response.status, json);
  const parsed = answer.safeParse(json);
  if (!parsed.success) throw new ApiError('unreachable', elsewhere);
  return parsed.data;
}

/** @returns the address of a request; the parts are escaped */
export const pathOf = (...parts: string[]) => `/api/${parts.map(encodeURIComponent).join('/')}`;

/** In whose name: another person's session, who signed in on this browser meanwhile, does not carry it out. */
export const inNameOf = (userId: string) => ({ [PERSON_HEADER]: userId });
