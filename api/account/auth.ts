// Sign-in with e-mail and password, by better-auth: its tables are in schema auth, its cookies are http-only.
import { randomBytes } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { Pool } from 'pg';
import { ApiFailure, isDatabaseAway } from '../sync/errors';
import { type Person, requireOwner, type Sessions } from '../sync/sessions';
import { createMailer, type MailSettings } from './mail';
import { passwordLinkIsOpen } from './password-link-rule';
import { passwordLength, passwordProblem } from './passwords';
import { createSignInLimits, type SignInLimits, unlimited } from './sign-in-limits';

export interface AuthOptions {
  readonly databaseUrl: string;
  readonly secret: string;
  readonly publicUrl: string | null;
  /** Limit attempts: on for a server that others reach. */
  readonly rateLimit: boolean;
  /** Who may make an account: anybody (the default), or whoever has an invitation link. */
  readonly signUp?: 'open' | 'invite';
  /** Without it, nobody can ask for a new password by e-mail. Needs `publicUrl`. */
  readonly mail?: MailSettings | null;
  /** Passwords that everybody knows: nobody signs in with them. */
  readonly closedAccounts?: readonly { readonly email: string; readonly password: string }[];
  /** Sessions have ended: what depends on them is looked at again. */
  sessionsEnded?(): void;
  log(line: string): void;
}

export interface Auth extends Sessions {
  /** Who may make an account now. The first one needs no invitation: there is nobody to make it. */
  signUpBy(): Promise<'open' | 'invite'>;
  /** Whether a link to a new password can be sent by e-mail. */
  readonly mails: boolean;
  /** Makes an account, as the sign-up form does. @throws when the address is taken */
  signUp(account: { name: string; email: string; password: string }): Promise<Person>;
  /** better-auth's own answer to a request under /api/auth; auth-routes.ts says which ones get here. */
  handle(request: Request): Promise<Response>;
  /** A secret that is good for one new password of the person. @param seconds until it runs out */
  passwordToken(userId: string, seconds: number): Promise<string>;
  /** Whose new password the token is good for; null: it was used or has run out. */
  holderOf(token: string): Promise<Person | null>;
  /** Ends one session of the person. @returns whether there was one */
  endSession(userId: string, sessionId: string): Promise<boolean>;
  /** Sessions may be over: what depends on them is looked at again. */
  sessionsEnded(): void;
  readonly limits: SignInLimits;
  readonly pool: Pool;
  close(): Promise<void>;
}

/** Set by this server on the way in, from the socket; what a client sends under this name is overwritten. */
export const addressHeader = 'x-outpost-address';

const day = 24 * 60 * 60;
const tokenName = (token: string) => `reset-password:${token}`;

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
  const limits = options.rateLimit ? createSignInLimits(pool) : unlimited;
  const mailer = options.mail && options.publicUrl ? createMailer(options.mail) : null;

  async function mailPasswordLink(email: string, token: string): Promise<void> {
    try {
      if (!(await limits.maySend(email))) return;
      await mailer?.passwordLink(email, `${options.publicUrl}/new-password/${token}`);
    } catch (error) {
      options.log(`mail: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  const isClosed = (body: { email?: unknown; password?: unknown }) =>
    (options.closedAccounts ?? []).some(
      ({ email, password }) => email === String(body.email).toLowerCase() && password === body.password,
    );

  /** Ends what a changed password makes void: links to another one. */
  const forgetTokens = (userId: string) =>
    pool.query(
      `with links as (delete from auth.password_link where user_id = $1)
       delete from auth.verification where value = $1`,
      [userId],
    );

  const auth = betterAuth({
    database: pool,
    secret: options.secret,
    ...(options.publicUrl ? { baseURL: options.publicUrl } : {}),
    basePath: '/api/auth',
    // Writes from other origins were refused before they came here (origin.ts).
    trustedOrigins: (request) => [request?.headers.get('origin')],
    emailAndPassword: {
      enabled: true,
      autoSignIn: true,
      minPasswordLength: passwordLength.least,
      maxPasswordLength: passwordLength.most,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: 60 * 60,
      // Not waited for: how long it takes would tell whether there is an account.
      ...(mailer
        ? { sendResetPassword: async ({ user, token }) => void mailPasswordLink(user.email, token) }
        : {}),
      onPasswordReset: async ({ user }) => {
        await forgetTokens(user.id);
        options.sessionsEnded?.();
      },
    },
    // A copy of the database opens no account: it has hashes of the tokens only.
    verification: { storeIdentifier: 'hashed' },
    session: { expiresIn: 30 * day, updateAge: day },
    hooks: {
      before: createAuthMiddleware(async (ctx) => {
        if (ctx.path === '/sign-in/email' && isClosed(ctx.body)) {
          throw new APIError('FORBIDDEN', { code: 'ACCOUNT_CLOSED', message: 'Account closed' });
        }
        const whose = await passwordOwner(ctx);
        if (!whose) return;
        const problem = passwordProblem(whose.password, whose);
        if (problem) {
          const code = problem === 'common' ? 'PASSWORD_COMMON' : 'PASSWORD_PERSONAL';
          throw new APIError('BAD_REQUEST', { code, message: 'Password refused' });
        }
      }),
      after: createAuthMiddleware(async (ctx) => {
        const userId = ctx.context.session?.user.id;
        if (ctx.path !== '/change-password' || ctx.context.returned instanceof Error || !userId) return;
        await forgetTokens(userId);
      }),
    },
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
        // Counted by what was wrong (sign-in-limits.ts), so that a shared address is not shut for everybody.
        '/sign-in/email': false,
        '/change-password': false,
        '/sign-up/email': { window: 3600, max: 60 },
        '/request-password-reset': { window: 3600, max: 30 },
        '/reset-password': { window: 60, max: 20 },
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
    // What was refused is the person's matter, not the operator's.
    onAPIError: {
      onError: (error) => {
        if (error instanceof APIError && error.statusCode < 500) return;
        options.log(`sign-in: ${error instanceof Error ? error.message : String(error)}`);
      },
    },
    logger: {
      level: 'error',
      log: (_level, message) => options.log(`sign-in: ${message}`),
    },
  });

  /** Whose password a request would set, and to what; null when it sets none. @throws APIError for a link that is void */
  async function passwordOwner(ctx: Parameters<Parameters<typeof createAuthMiddleware>[0]>[0]) {
    const body = (ctx.body ?? {}) as Record<string, unknown>;
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    if (ctx.path === '/sign-up/email') {
      return { password: text(body.password), email: text(body.email), name: text(body.name) };
    }
    if (ctx.path === '/change-password') {
      const session = await getSessionFromCtx(ctx);
      return session && { ...session.user, password: text(body.newPassword) };
    }
    if (ctx.path !== '/reset-password') return null;
    const token = text(body.token);
    const user = await holderOf(token);
    if (!user) throw new APIError('BAD_REQUEST', { code: 'INVALID_TOKEN', message: 'Invalid token' });
    return { ...user, password: text(body.newPassword) };
  }

  async function holderOf(token: string): Promise<Person | null> {
    const { internalAdapter } = await auth.$context;
    const found = await internalAdapter.findVerificationValue(tokenName(token));
    if (!found || found.expiresAt < new Date()) return null;
    if (!(await passwordLinkIsOpen(pool, token))) return null;
    const user = await internalAdapter.findUserById(found.value);
    return user && { id: user.id, name: user.name, email: user.email };
  }

  return {
    async signUpBy() {
      if (options.signUp !== 'invite') return 'open';
      const { rowCount } = await pool.query('select 1 from auth."user" limit 1');
      return rowCount === 0 ? 'open' : 'invite';
    },
    mails: mailer !== null,
    async session(request) {
      const { response, headers } = await auth.api
        .getSession({ headers: request.headers, returnHeaders: true })
        .catch((cause: unknown) => {
          throw isDatabaseAway(cause) ? cause : new ApiFailure('busy', 'Sign-in cannot be checked just now.');
        });
      if (!response) throw new ApiFailure('signed-out', 'Sign in again to go on syncing.');
      const { id, name, email } = response.user;
      requireOwner(request, id);
      const sessionId = response.session.id;
      return { person: { id, name, email }, sessionId, cookies: headers.getSetCookie() };
    },
    async endedAmong(sessionIds) {
      const { rows } = await pool.query<{ id: string }>(
        `select id from unnest($1::text[]) as asked (id) where not exists
           (select from auth.session s where s.id = asked.id and s."expiresAt" > now())`,
        [sessionIds],
      );
      return new Set(rows.map(({ id }) => id));
    },
    async signUp(account) {
      const { user } = await auth.api.signUpEmail({ body: account });
      return { id: user.id, name: user.name, email: user.email };
    },
    handle: (request) => auth.handler(request),
    async passwordToken(userId, seconds) {
      const { internalAdapter } = await auth.$context;
      const token = randomBytes(24).toString('base64url');
      const expiresAt = new Date(Date.now() + seconds * 1_000);
      await internalAdapter.createVerificationValue({
        identifier: tokenName(token),
        value: userId,
        expiresAt,
      });
      return token;
    },
    holderOf,
    async endSession(userId, sessionId) {
      const { internalAdapter } = await auth.$context;
      const sessions = await internalAdapter.listSessions(userId);
      const session = sessions.find(({ id }) => id === sessionId);
      if (!session) return false;
      await internalAdapter.deleteSession(session.token);
      options.sessionsEnded?.();
      return true;
    },
    sessionsEnded: () => options.sessionsEnded?.(),
    limits,
    pool,
    async close() {
      mailer?.close();
      await pool.end();
    },
  };
}
