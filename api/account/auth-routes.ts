// The routes under /api/auth: what of better-auth is reachable, and what is asked before it is.
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { INVITE_HEADER } from '../../db/account/invite-header';
import { limits, PERSON_HEADER } from '../../db/sync/wire';
import { readBytes, readJson } from '../sync/body';
import { ApiFailure } from '../sync/errors';
import { type Auth, addressHeader } from './auth';
import { tooManyAttempts, withApiError } from './auth-answers';
import type { Outcome } from './sign-in-limits';
import { byInvitation } from './sign-up';

/** The rest (changing names and addresses, deleting accounts, tokens of sessions) is not offered. */
const open = [
  ...['/sign-in/email', '/sign-up/email', '/sign-out', '/get-session', '/change-password'],
  ...['/revoke-sessions', '/revoke-other-sessions', '/reset-password'],
];
/** Where the server can send e-mail. */
const withMail = ['/request-password-reset'];

/** Paths after which others of a person's sessions may be over. */
const ending = new Set(['/sign-out', '/revoke-sessions', '/revoke-other-sessions', '/change-password']);

type Body = Record<string, unknown>;

export function authRoutes(auth: Auth): Hono {
  const app = new Hono();
  app.on(['GET', 'POST'], auth.mails ? [...open, ...withMail] : open, async (c) => {
    const path = c.req.path.replace(/^\/api\/auth/, '');
    const body = c.req.method === 'POST' ? await jsonBody(c) : null;
    // One password for all: whoever knew the old one is out.
    if (path === '/change-password' && body) body.revokeOtherSessions = true;
    // Not in the name of somebody else who signed in on the same browser meanwhile.
    if (c.req.header(PERSON_HEADER)) await auth.session(c.req.raw);
    const ask = async () => await withApiError(await auth.handle(rewritten(c, body)));
    const answer = await guarded(auth, c, path, body, ask);
    if (ending.has(path) && answer.ok) auth.sessionsEnded();
    return answer;
  });
  return app;
}

type Ask = () => Promise<{ readonly response: Response; readonly code: string | null }>;

async function guarded(auth: Auth, c: Context, path: string, body: Body | null, ask: Ask): Promise<Response> {
  if (path === '/sign-in/email' && typeof body?.email === 'string') return limited(auth, c, body.email, ask);
  if (path === '/change-password') {
    const { person } = await auth.session(c.req.raw);
    return await limited(auth, c, person.email, ask);
  }
  if (path === '/sign-up/email' && (await auth.signUpBy()) === 'invite') {
    const invite = c.req.header(INVITE_HEADER) ?? null;
    const answer = await byInvitation(auth.pool, invite, async () => (await ask()).response);
    if (answer) return answer;
    throw new ApiFailure('forbidden', 'You need an invitation link to create an account here.');
  }
  return (await ask()).response;
}

async function limited(auth: Auth, c: Context, email: string, ask: Ask): Promise<Response> {
  const address = c.req.header(addressHeader) ?? 'unknown';
  const result = await auth.limits.attempt(email, address, async () => {
    const answer = await ask();
    return { ...answer, outcome: outcomeOf(answer) };
  });
  return 'wait' in result ? tooManyAttempts(result.wait, result.whose) : result.response;
}

function outcomeOf({ response, code }: { response: Response; code: string | null }): Outcome {
  if (response.ok) return 'right';
  return code === 'INVALID_EMAIL_OR_PASSWORD' || code === 'INVALID_PASSWORD' ? 'wrong' : 'neither';
}

/** Only JSON is read, here and then by better-auth: what is counted and what is tried are the same. */
async function jsonBody(c: Context): Promise<Body> {
  const bytes = await readBytes(c);
  return bytes.length === 0 ? {} : { ...readJson(bytes, z.looseObject({}), limits.depth) };
}

function rewritten(c: Context, body: Body | null): Request {
  const headers = new Headers(c.req.raw.headers);
  // A program, not a page: origin.ts let it in, and better-auth insists on the header.
  if (!headers.has('origin')) headers.set('origin', new URL(c.req.url).origin);
  if (!body) return new Request(c.req.url, { headers });
  headers.delete('content-length');
  headers.set('content-type', 'application/json');
  // The token of a link comes in the body only, where its rule is asked about.
  const url = new URL(c.req.url);
  url.search = '';
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(body) });
}
