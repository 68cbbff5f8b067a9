// The real API over a fresh, migrated database, and people who talk to it over HTTP.
import type { MiddlewareHandler } from 'hono';
import type { MailSettings } from '../../api/account/mail';
import { type RunningApi, startApi } from '../../api/host/main';
import { createShapeServer, type ShapeServer } from '../../electric/embedded/server';
import { embeddedUpstream, type Upstream } from '../../electric/proxy';
import { createTestDatabase, type TestDatabase } from './postgres';

export interface TestApi extends RunningApi {
  readonly database: TestDatabase;
  /** The embedded shape server; null when another upstream was given. */
  readonly shapes: ShapeServer | null;
  /** What the server wrote to its log. */
  readonly logged: readonly string[];
  /** Signs up somebody new and keeps their cookies. */
  person(name: string): Promise<TestPerson>;
  /** Somebody without a session. */
  readonly stranger: TestPerson;
  /** @param options.keep the database stays, for another server */
  stop(options?: { keep: boolean }): Promise<void>;
}

export interface TestPerson {
  readonly email: string;
  readonly password: string;
  /** The session, as a Cookie header. */
  cookie: string;
  /** One request with this person's session; a body is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The same, and the answer's JSON. */
  json<T = unknown>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }>;
}

export interface TestApiOptions {
  readonly upstream?: Upstream | undefined;
  readonly publicUrl?: string;
  readonly rateLimit?: boolean;
  /** A migrated one; a fresh one when absent. */
  readonly database?: TestDatabase;
  readonly trustedProxies?: readonly string[];
  readonly signUp?: 'open' | 'invite';
  readonly mail?: MailSettings;
  readonly closedAccounts?: readonly { email: string; password: string }[];
  readonly client?: MiddlewareHandler;
  /** Bytes. */
  readonly workspaceQuota?: number;
  /**
   * How long a live request waits when nothing happens, ms; 20 s when absent, as everywhere. Shorter only where devices wait
   * for such an answer by right (`settled`): elsewhere it would hide that nobody was woken.
   */
  readonly longPoll?: number;
}

/** @param options.upstream the read path; the embedded shape server when absent. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const database = options.database ?? (await createTestDatabase());
  const logged: string[] = [];
  const shapes = options.upstream
    ? null
    : await createShapeServer({
        databaseUrl: database.url,
        ...(options.longPoll === undefined ? {} : { longPollMs: options.longPoll }),
      });
  const embedded = shapes && embeddedUpstream((request) => shapes.handle(request));
  const api = await startApi({
    port: 0,
    host: '127.0.0.1',
    databaseUrl: database.url,
    authSecret: 'a secret for tests that is long enough',
    publicUrl: options.publicUrl ?? null,
    version: '0.0.0',
    rateLimit: options.rateLimit ?? false,
    trustedProxies: options.trustedProxies ?? [],
    signUp: options.signUp ?? 'open',
    mail: options.mail ?? null,
    closedAccounts: options.closedAccounts ?? [],
    ...(options.workspaceQuota === undefined ? {} : { workspaceQuota: options.workspaceQuota }),
    ...(options.longPoll === undefined ? {} : { liveWait: options.longPoll }),
    upstream: options.upstream ?? embedded!,
    shapesReady: async () => !shapes || shapes.status().state === 'active',
    client: options.client ?? (async (_, next) => await next()),
    log: (line) => logged.push(line),
  });
  let people = 0;
  return {
    ...api,
    database,
    shapes,
    logged,
    stranger: personAt(api.url, '', ''),
    async person(name) {
      const person = personAt(api.url, `${name.toLowerCase()}${++people}@example.org`, `${name}-password`);
      const { email, password } = person;
      const response = await person.call('POST', '/api/auth/sign-up/email', { name, email, password });
      if (!response.ok) throw new Error(`sign-up failed: ${response.status} ${await response.text()}`);
      person.cookie = cookiesOf(response);
      return person;
    },
    async stop({ keep } = { keep: false }) {
      await api.close(0);
      await shapes?.close();
      if (!keep) await database.drop();
    },
  };
}

/** @returns the cookies that an answer sets, as a Cookie header */
export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

function personAt(url: string, email: string, password: string): TestPerson {
  const person: TestPerson = {
    email,
    password,
    cookie: '',
    call: (method, path, body, headers = {}) =>
      fetch(url + path, {
        method,
        headers: {
          origin: url,
          ...(person.cookie ? { cookie: person.cookie } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    async json<T>(method: string, path: string, body?: unknown) {
      const response = await person.call(method, path, body);
      return { status: response.status, body: (await response.json()) as T };
    },
  };
  return person;
}
