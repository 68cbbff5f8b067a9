// Every answer that is not a success: the apiError of db/sync/wire.ts, and what becomes of an unexpected exception (W5).
import type { ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import type { z } from 'zod';
import type { ApiErrorKind, apiError } from '../../db/sync/wire';
import { ClientGone } from '../../electric/proxy';

const statusOf = {
  'signed-out': 401,
  forbidden: 403,
  'not-found': 404,
  malformed: 400,
  'too-large': 413,
  protocol: 426,
  gap: 409,
  fork: 409,
  busy: 503,
  conflict: 409,
  unreachable: 503,
} as const satisfies Record<ApiErrorKind, number>;

type Detail = NonNullable<z.infer<typeof apiError>['error']['detail']>;

/** Thrown by routes; `message` is shown to the person, so it never holds SQL or names they may not see. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  constructor(
    readonly kind: ApiErrorKind,
    sentence: string,
    readonly detail?: Detail,
    /** Seconds; the person, not the server, has too much under way: 429. */
    readonly retryAfter?: number,
  ) {
    super(sentence);
  }
}

/** @returns the answer for a failure; status as its kind says unless given. */
export function failureResponse(
  kind: ApiErrorKind,
  sentence: string,
  options: { detail?: Detail | undefined; status?: number; retryAfter?: number | undefined } = {},
): Response {
  const body: z.infer<typeof apiError> = {
    error: { kind, sentence, ...(options.detail ? { detail: options.detail } : {}) },
  };
  const status = options.status ?? (options.retryAfter === undefined ? statusOf[kind] : 429);
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (kind === 'busy') headers['retry-after'] = String(options.retryAfter ?? 1);
  return Response.json(body, { status, headers });
}

/**
 * The application's error handler. Anything but an ApiFailure is logged once here, and the person only hears that
 * the server is busy: 503 when the database is away, 500 for a fault of ours.
 */
export function errorHandler(log: (line: string) => void): ErrorHandler {
  return (error, c) => {
    if (error instanceof ApiFailure) {
      const { detail, retryAfter } = error;
      return failureResponse(error.kind, error.message, { detail, retryAfter });
    }
    // Nobody reads this answer; 499 is what proxies write into their logs for it.
    if (error instanceof ClientGone) return new Response(null, { status: 499 });
    if (error instanceof HTTPException && error.status < 500) {
      return failureResponse(error.status === 413 ? 'too-large' : 'malformed', 'The request is malformed.');
    }
    const away = isDatabaseAway(error);
    const what = away ? error.message : (error.stack ?? String(error));
    // The route and not the path: there are secrets in some paths.
    log(`${c.req.method} ${routePath(c)}: ${what}`);
    const sentence = 'The server cannot answer just now; nothing was lost, and it will be tried again.';
    return failureResponse('busy', sentence, { status: away ? 503 : 500 });
  };
}

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** @returns whether the error says that the database cannot be reached now, rather than that a query is wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isDatabaseAway)) return true;
  if ('code' in error && typeof error.code === 'string') {
    // SQLSTATE classes: 08 connection, 53 resources, 57P shutdown and start-up.
    return connectionCodes.has(error.code) || /^(08|53|57P)/.test(error.code);
  }
  // pg throws these two plain, without a code: a connection that broke, and a pool that found none in time.
  if (/^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message)) return true;
  return isDatabaseAway(error.cause);
}
