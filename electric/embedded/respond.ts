// Responses: headers and bodies as Electric writes them. Nothing here decides anything.
import { randomInt } from 'node:crypto';
import type { FieldErrors, ShapeError } from './errors';
import { formatPosition, type Lsn, type Position } from './position';
import type { ShapeRequest } from './request';

export type ResponseHeaders = Record<string, string>;

const exposed = [
  'electric-cursor',
  'electric-handle',
  'electric-has-data',
  'electric-offset',
  'electric-schema',
  'electric-up-to-date',
  'electric-internal-known-error',
  'retry-after',
].join(',');

const mustRefetch = '[{"headers":{"control":"must-refetch"}}]';

/** Headers of every response, whatever the route. */
export function crossOriginHeaders(request: Request, methods: string): ResponseHeaders {
  return {
    'access-control-allow-origin': request.headers.get('origin') ?? '*',
    'access-control-expose-headers': exposed,
    'access-control-allow-methods': methods,
    'electric-server': 'embedded',
  };
}

/** Headers of every response of the shape route. */
export function baseHeaders(request: Request): ResponseHeaders {
  return {
    ...crossOriginHeaders(request, 'GET, POST, HEAD, DELETE, OPTIONS'),
    'content-type': 'application/json; charset=utf-8',
  };
}

/** What a successful answer says of the shape. */
export interface Answer {
  readonly handle: string;
  readonly offset: Position;
  readonly upToDate: boolean;
  /** false: there was nothing, and the answer says so. */
  readonly hasData: boolean;
  /** JSON; only for answers that are not live. */
  readonly schema: string;
}

export interface Timing {
  readonly longPollMs: number;
  readonly sseMs: number;
  /** How long answers that are not live may be cached, and served while being asked for again; seconds. */
  readonly maxAge: number;
  readonly staleAge: number;
}

/** Headers of a 200 with a part of the log. */
export function answerHeaders(
  request: Request,
  parsed: ShapeRequest,
  answer: Answer,
  timing: Timing,
): ResponseHeaders {
  const headers = baseHeaders(request);
  headers['cache-control'] = cacheControl(request, parsed, timing);
  headers.etag = `"${etag(parsed, answer)}${answer.hasData ? '' : `:${process.hrtime.bigint()}`}"`;
  headers['electric-handle'] = answer.handle;
  headers['electric-offset'] = formatPosition(answer.offset);
  headers['electric-has-data'] = String(answer.hasData);
  if (answer.upToDate) headers['electric-up-to-date'] = '';
  if (parsed.live) headers['electric-cursor'] = String(nextCursor(timing.longPollMs, parsed.cursor));
  else headers['electric-schema'] = answer.schema;
  if (parsed.sse) {
    headers['content-type'] = 'text/event-stream';
    headers.connection = 'keep-alive';
    headers['x-accel-buffering'] = 'no';
  }
  return headers;
}

/** The client has it already. The schema is left out, as Electric does. */
export function notModified(headers: ResponseHeaders): Response {
  const { 'electric-schema': _schema, ...rest } = headers;
  return new Response(null, { status: 304, headers: rest });
}

export function etag(parsed: ShapeRequest, answer: Answer): string {
  return `${answer.handle}:${parsed.offsetText}:${formatPosition(answer.offset)}`;
}

/** Whether the client's copy is the one it would get. */
export function isNotModified(request: Request, parsed: ShapeRequest, answer: Answer): boolean {
  const header = request.headers.get('if-none-match');
  if (!header || parsed.subset) return false;
  const mine = etag(parsed, answer);
  return header.split(',').some((each) => each.trim().replace(/^W\//, '').replaceAll('"', '') === mine);
}

function cacheControl(request: Request, parsed: ShapeRequest, timing: Timing): string {
  if (!isCacheable(request)) return 'no-cache';
  if (parsed.offset !== 'now' && parsed.offset.tx < 0n) {
    return 'public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746';
  }
  if (parsed.sse) return `public, max-age=${Math.max(1, Math.floor(timing.sseMs / 1000) - 1)}`;
  if (parsed.live) return 'public, max-age=5, stale-while-revalidate=5';
  return `public, max-age=${timing.maxAge}, stale-while-revalidate=${timing.staleAge}`;
}

/** Seconds at which the cursor counts from: 9 October 2024. */
const cursorEpoch = Date.UTC(2024, 9, 9) / 1000;

/** The cache key of the next live request: the same for everyone within a long poll's length, and ever growing. */
export function nextCursor(longPollMs: number, previous: string | undefined): number {
  const interval = Math.floor(longPollMs / 1000);
  if (interval === 0) return 0;
  const next = Math.ceil((Date.now() / 1000 - cursorEpoch) / interval) * interval;
  const last = previous !== undefined && /^\d+$/.test(previous) ? Number(previous) : 0;
  return next > last ? next : last + randomInt(1, 3601);
}

export function upToDateMessage(lsn: Lsn): string {
  return `{"headers":{"control":"up-to-date","global_last_seen_lsn":"${lsn}"}}`;
}

const openArray = Buffer.from('[');
const closeArray = Buffer.from(']');
const comma = Buffer.from(',');

/** A JSON array of messages; `parts` may each hold several. */
export function arrayBody(parts: readonly Buffer[]): Buffer {
  const pieces: Buffer[] = [];
  for (const part of parts) pieces.push(pieces.length === 0 ? openArray : comma, part);
  if (pieces.length === 0) pieces.push(openArray);
  pieces.push(closeArray);
  return Buffer.concat(pieces);
}

/** Start over; with the handle of the shape that takes the old one's place, when there is one. */
export function refetchResponse(request: Request, handle: string | undefined): Response {
  const age = handle === undefined ? 1 : 60;
  return new Response(mustRefetch, {
    status: 409,
    headers: {
      ...baseHeaders(request),
      'cache-control': isCacheable(request) ? `public, max-age=${age}, must-revalidate` : 'no-cache',
      ...(handle === undefined ? {} : { 'electric-handle': handle, etag: `"${handle}::"` }),
    },
  });
}

/** Headers of a subset: it is never cached. */
export function subsetHeaders(request: Request, answer: Answer): ResponseHeaders {
  return {
    ...baseHeaders(request),
    'cache-control': 'no-cache',
    'electric-snapshot': 'true',
    'electric-handle': answer.handle,
    'electric-schema': answer.schema,
    'electric-offset': formatPosition(answer.offset),
  };
}

/** Whether only GET's answers may be cached. */
function isCacheable(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
}

/** `{message, errors?}` with a status. */
export function messageResponse(
  request: Request,
  status: number,
  message: string,
  errors?: FieldErrors,
  retryAfter?: number,
): Response {
  return new Response(JSON.stringify(errors ? { message, errors } : { message }), {
    status,
    headers: {
      ...baseHeaders(request),
      ...(isCacheable(request)
        ? { 'cache-control': 'no-store', 'surrogate-control': 'no-store' }
        : { 'cache-control': 'no-cache' }),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
  });
}

/** The response for an error of the server's own kinds. */
export function errorResponse(request: Request, error: ShapeError): Response {
  switch (error.kind) {
    case 'invalid':
      return messageResponse(request, 400, 'Invalid request', error.fields);
    case 'refused':
      return messageResponse(request, 400, 'Invalid request', error.fields ?? { table: [error.message] });
    case 'unavailable':
      return messageResponse(request, 503, error.message, undefined, 5);
    case 'refetch':
      return refetchResponse(request, undefined);
  }
}
