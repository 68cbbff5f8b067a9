// Sign-in with e-mail and password, by better-auth: its tables are in schema auth, its cookies are http-only.
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { Hono } from 'hono';
import { Pool } from 'pg';
import { type ApiErrorKind, PERSON_HEADER } from '../db/wire';
import { readBytes } from './body';
import type { Person } from './deps';
import { ApiFailure, failureResponse, isDatabaseAway } from './errors';

export interface AuthOptions {
  readonly databaseUrl: string;
  readonly secret: string;
  readonly publicUrl: string | null;
  /** Limit attempts per address: on for a server that others reach. */
  readonly rateLimit: boolean;
  log(line: string): void;
}

export interface Auth {
  /** Whose session it is, and the cookies that prolong it. @throws ApiFailure 'signed-out' */
  session(request: Request): Promise<{ person: Person; cookies: string[] }>;
  /** Makes an account, as the sign-up form does. @throws when the address is taken */
  signUp(account: { name: string; email: string; password: string }): Promise<Person>;
  /** The routes under /api/auth. */
  routes(): Hono;
  close(): Promise<void>;
}

/** Set by this server on the way in, from the socket; what a client sends under this name is overwritten. */
export const addressHeader = 'x-outpost-address';

const day = 24 * 60 * 60;

/** What of better-auth is reachable; the rest (changing names and addresses, deleting accounts) is not offered. */
const open = [
  ...['/sign-in/email', '/sign-up/email', '/sign-out', '/get-session', '/change-password'],
  ...['/revoke-sessions', '/revoke-other-sessions'],
];

function isName(name: string): boolean {
  return name.length >= 1 && name.length <= 80 && !/\p{Cc}/u.test(name);
}

export function createAuth(options: AuthOptions): Auth {
  const pool = new Pool({
    connectionString: options.databaseUrl,
    options: '-c search_path=auth',
    max: 8,
    connectionTimeoutMillis: 5_000,
    application_name: 'outpost auth',
    statement_timeout: 15_000,
  });
  pool.on('error', () => {});
  const auth = betterAuth({
    database: pool,
    secret: options.secret,
    ...(options.publicUrl ? { baseURL: options.publicUrl } : {}),
    basePath: '/api/auth',
    // Writes from other origins were refused before they came here (origin.ts).
    trustedOrigins: (request) => [request?.headers.get('origin')],
    emailAndPassword: { enabled: true, autoSignIn: true, minPasswordLength: 8, maxPasswordLength: 128 },
    session: { expiresIn: 30 * day, updateAge: day },
    databaseHooks: {
      user: {
        create: {
          before: async (user) => {
            // The name goes to every member's device, and Postgres takes no NUL.
            const name = user.name.trim();
            if (isName(name)) return { data: { ...user, name } };
            throw new APIError('BAD_REQUEST', { code: 'INVALID_NAME', message: 'Invalid name' });
          },
        },
      },
    },
    rateLimit: {
      enabled: options.rateLimit,
      storage: 'database',
      modelName: 'rate_limit',
      window: 60,
      max: 100,
      customRules: {
        '/sign-in/email': { window: 60, max: 10 },
        '/sign-up/email': { window: 3600, max: 20 },
        '/get-session': false,
      },
    },
    advanced: {
      cookiePrefix: 'outpost',
      useSecureCookies: options.publicUrl?.startsWith('https:') ?? false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      log: (_level, message) => options.log(`sign-in: ${message}`),
    },
  });
  return {
    async session(request) {
      const { response, headers } = await auth.api
        .getSession({ headers: request.headers, returnHeaders: true })
        .catch((cause: unknown) => {
          throw isDatabaseAway(cause) ? cause : new ApiFailure('busy', 'Sign-in cannot be checked just now.');
        });
      if (!response) throw new ApiFailure('signed-out', 'Sign in again to go on syncing.');
      const { id, name, email } = response.user;
      // A device of one person must not send its changes, or read, as another who signed in on the same browser.
      const owner = request.headers.get(PERSON_HEADER);
      if (owner !== null && owner !== id) {
        throw new ApiFailure('signed-out', 'Somebody else is signed in on this browser now.');
      }
      return { person: { id, name, email }, cookies: headers.getSetCookie() };
    },
    async signUp(account) {
      const { user } = await auth.api.signUpEmail({ body: account });
      return { id: user.id, name: user.name, email: user.email };
    },
    routes() {
      const app = new Hono();
      app.on(['GET', 'POST'], open, async (c) => {
        const { url, method, headers } = c.req.raw;
        // A program, not a page: origin.ts let it in, and better-auth insists on the header.
        if (!c.req.header('origin')) headers.set('origin', new URL(url).origin);
        const body = method === 'POST' ? await readBytes(c) : null;
        return withApiError(await auth.handler(new Request(url, { method, headers, body })));
      });
      return app;
    },
    close: () => pool.end(),
  };
}

/** better-auth's codes that a person can do something about. */
const refusals: Record<string, { kind: ApiErrorKind; sentence: string }> = {
  INVALID_EMAIL_OR_PASSWORD: { kind: 'forbidden', sentence: 'This e-mail and password do not match.' },
  INVALID_EMAIL: { kind: 'malformed', sentence: 'This is not an e-mail address.' },
  PASSWORD_TOO_SHORT: {
    kind: 'malformed',
    sentence: 'The password is too short: use at least 8 characters.',
  },
  PASSWORD_TOO_LONG: { kind: 'malformed', sentence: 'The password is too long: use at most 128 characters.' },
  INVALID_NAME: { kind: 'malformed', sentence: 'Give a name of at most 80 characters.' },
  USER_ALREADY_EXISTS: taken(),
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: taken(),
};

function taken() {
  const sentence = 'There is an account with this e-mail already. Sign in instead.';
  return { kind: 'conflict' as const, sentence };
}

function refusalOf(status: number, code: string): { kind: ApiErrorKind; sentence: string } {
  const known = refusals[code];
  if (known) return known;
  if (status === 429) return { kind: 'busy', sentence: 'Too many attempts. Wait a minute and try again.' };
  if (status === 401) return { kind: 'signed-out', sentence: 'Sign in again.' };
  if (status === 403) return { kind: 'forbidden', sentence: 'This is not allowed.' };
  if (status === 404) return { kind: 'not-found', sentence: 'The server does not know this.' };
  return { kind: 'malformed', sentence: 'The server did not accept this; check what you entered.' };
}

/** Adds the apiError of db/wire.ts to better-auth's own errors, which keep their `code` and `message`. */
async function withApiError(response: Response): Promise<Response> {
  if (response.status < 400) return response;
  if (response.status >= 500) return failureResponse('busy', 'Sign-in is not possible just now; try again.');
  const body: unknown = await response.json().catch(() => null);
  const own = typeof body === 'object' && body !== null ? body : {};
  const code = 'code' in own && typeof own.code === 'string' ? own.code : '';
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const error = refusalOf(response.status, code);
  return Response.json({ ...own, error }, { status: response.status, headers });
}
