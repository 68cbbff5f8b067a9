// The embedded shape server: Electric's HTTP protocol for one Postgres, inside this process. Give it Fetch
// requests; it keeps its own connection to Postgres and starts again by itself when that breaks.

import { totalmem } from 'node:os';
import { columnsOf } from './definition';
import { deleteShape } from './delete';
import { ShapeError } from './errors';
import { evaluateRows } from './evaluation';
import { Registry } from './registry';
import { collectParams, parseRequest, type RawParams } from './request';
import { baseHeaders, crossOriginHeaders, errorResponse, messageResponse } from './respond';
import { rowsQuery } from './row-json';
import { ShapeRoute } from './serve';
import type { Shape } from './shape';
import { takeSnapshot } from './snapshot';
import { type Logger, Source, type SourceState } from './source';

export interface ShapeServerOptions {
  /** A user who may replicate, and who owns the tables that are asked for. */
  readonly databaseUrl: string;
  readonly logger?: Logger;
  /**
   * Bytes that snapshots and logs together may take; the longest unused shapes go first. They lie outside of the
   * JavaScript heap. Default: a quarter of the machine's memory, at least 256 MiB and at most 1 GiB.
   */
  readonly logCapBytes?: number;
  /** How long a live request is held open. Default 20 s. */
  readonly longPollMs?: number;
  /** How long an event stream is held open. Default 60 s. */
  readonly sseMs?: number;
  /** Silence after which an event stream gets a comment. Default 21 s. */
  readonly keepAliveMs?: number;
  /** How long a request waits for Postgres before it gets a 503. Default 5 s. */
  readonly readyMs?: number;
  /** Clients must send it as `secret`. Default: none is asked for. */
  readonly secret?: string;
  /** Whether clients may delete shapes. Default no. */
  readonly allowDelete?: boolean;
  /** Default `shape_server`. Made when it does not exist; tables are added as they are asked for. */
  readonly publication?: string;
  /** A response's size from which the rest goes into the next one. Default 2 MiB. */
  readonly chunkBytes?: number;
  /** Snapshots and look-ups at the same time. Default 4. */
  readonly poolSize?: number;
  /** How long answers that are not live may be cached, and served while being asked for again; s. Default 60, 300. */
  readonly maxAge?: number;
  readonly staleAge?: number;
  /** How often the catalog is asked for changed tables, in ms. Default 1 s. */
  readonly catalogEveryMs?: number;
}

export interface ShapeServerStatus {
  readonly state: SourceState;
  readonly shapes: number;
  /** Requests that are waiting for a change. */
  readonly readers: number;
  /** Bytes that snapshots and logs take, and may take. */
  readonly bytes: number;
  readonly capBytes: number;
  /** The position up to which every log is complete, as a decimal. */
  readonly lsn: string;
}

export interface ShapeServer {
  /** Answers /v1/shape and /v1/health. Aborting the request's signal frees everything held for it. Never rejects. */
  handle(request: Request): Promise<Response>;
  status(): ShapeServerStatus;
  /** Ends every waiting request and the connections to Postgres. */
  close(): Promise<void>;
}

/** Starts at once; requests wait for the first connection to Postgres, and get a 503 if it does not come. */
export async function createShapeServer(options: ShapeServerOptions): Promise<ShapeServer> {
  const logger = options.logger ?? (() => {});
  const chunkBytes = options.chunkBytes ?? 2 * 1024 * 1024;
  const capBytes = options.logCapBytes ?? defaultCap();
  const registry = new Registry({
    chunkBytes,
    capBytes,
    start: (shape) => void snapshotOf(shape),
    onDrop: (shape, reason, failure) => {
      const { schema, name } = shape.definition.table;
      logger('info', `Shape ${shape.handle} of ${schema}.${name} ended (${reason}).`, failure);
    },
    evaluate: (shape, binding, rows) => evaluateRows(source.evaluationPool, shape, binding, rows),
    hold: (hold) => source.hold(hold),
    redescribed: () => source.checkCatalogNow(),
  });
  const source: Source = new Source({
    databaseUrl: options.databaseUrl,
    publication: options.publication ?? 'shape_server',
    poolSize: options.poolSize ?? 4,
    catalogEvery: options.catalogEveryMs ?? 1_000,
    registry,
    logger,
  });
  const route = new ShapeRoute(source, registry, {
    longPollMs: options.longPollMs ?? 20_000,
    sseMs: options.sseMs ?? 60_000,
    keepAliveMs: options.keepAliveMs ?? 21_000,
    readyMs: options.readyMs ?? 5_000,
    maxAge: options.maxAge ?? 60,
    staleAge: options.staleAge ?? 300,
  });

  async function snapshotOf(shape: Shape): Promise<void> {
    const { definition } = shape;
    try {
      registry.feed.expect(definition.table.parts.map(({ oid }) => oid));
      await source.published.include(definition.table);
      await takeSnapshot(source.pool, snapshotQuery(shape), chunkBytes, {
        known(snapshot) {
          if (shape.state === 'dropped') throw new Error('the shape was dropped');
          if (!registry.progress.isComplete(snapshot)) return false;
          shape.stitched(snapshot);
          return true;
        },
        chunk: (bytes) => {
          shape.addChunk(bytes);
          registry.resized(shape);
        },
      });
      shape.completed();
    } catch (error) {
      if (shape.state === 'dropped') return;
      if (!(error instanceof ShapeError)) logger('warn', `The snapshot of ${shape.handle} failed.`, error);
      registry.drop(shape, 'failed', error);
    }
  }

  async function dispatch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace(/\/+$/, '');
    if (path !== '/v1/shape') return otherRoute(request, path, source.state);
    if (request.method === 'OPTIONS') return preflight(request);
    if (options.secret !== undefined) {
      const given = url.searchParams.get('secret') ?? url.searchParams.get('api_secret');
      if (given !== options.secret) return messageResponse(request, 401, 'Unauthorized - Invalid API secret');
    }
    const { signal } = request;
    switch (request.method) {
      case 'GET':
        return route.respond(request, parseRequest(collectParams(url.searchParams)), signal);
      case 'HEAD':
        return withoutBody(
          await route.respond(request, parseRequest(collectParams(url.searchParams)), signal),
        );
      case 'POST': {
        const body = await readBody(request, url);
        return 'refused' in body ? body.refused : route.respond(request, parseRequest(body.raw), signal);
      }
      case 'DELETE': {
        if (!options.allowDelete) return messageResponse(request, 405, 'DELETE not allowed');
        if (!(await source.ready(options.readyMs ?? 5_000, signal))) return away(request);
        return deleteShape(request, collectParams(url.searchParams), route, registry, signal);
      }
      default:
        return new Response('Not found', { status: 404 });
    }
  }

  return {
    async handle(request) {
      try {
        return await dispatch(request);
      } catch (error) {
        if (error instanceof ShapeError) return errorResponse(request, error);
        if (source.state !== 'active' || isConnectionError(error)) {
          return messageResponse(
            request,
            503,
            'The database is not reachable; try again later.',
            undefined,
            5,
          );
        }
        logger('error', 'A shape request failed.', error);
        return messageResponse(request, 500, 'Internal server error');
      }
    },
    status() {
      let readers = 0;
      for (const shape of registry.shapes) readers += shape.waiters.count;
      const { count: shapes, memory, progress } = registry;
      return {
        state: source.state,
        shapes,
        readers,
        bytes: memory.bytes,
        capBytes,
        lsn: String(progress.lsn),
      };
    },
    async close() {
      await source.close();
    },
  };
}

function defaultCap(): number {
  return Math.min(Math.max(totalmem() / 4, 256 * 1024 * 1024), 1024 * 1024 * 1024);
}

function snapshotQuery(shape: Shape): string | null {
  const { definition } = shape;
  if (!definition.withSnapshot) return null;
  const headers = JSON.stringify({
    operation: 'insert',
    relation: [definition.table.schema, definition.table.name],
  });
  const where = definition.predicate ? `where (${definition.predicate.sql})` : '';
  return rowsQuery(definition.table, columnsOf(definition), headers, where);
}

function away(request: Request): Response {
  return messageResponse(request, 503, 'The database is not reachable; try again later.', undefined, 5);
}

/** Longer bodies are refused. */
const longestBody = 8_000_000;

/** The parameters of a POST, or the answer when its body cannot be used. */
async function readBody(
  request: Request,
  url: URL,
): Promise<{ readonly raw: RawParams } | { readonly refused: Response }> {
  const refuse = (status: number, problem: object) => ({
    refused: new Response(JSON.stringify(problem), {
      status,
      headers: { ...baseHeaders(request), 'cache-control': 'no-cache' },
    }),
  });
  const text = await request.text();
  if (text.length > longestBody) return refuse(413, { error: 'Request body too large' });
  if (text === '') return { raw: collectParams(url.searchParams) };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    return refuse(400, { error: 'Invalid JSON in request body', details });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse(400, { error: 'Request body must be a JSON object' });
  }
  return { raw: collectParams(url.searchParams, body as Record<string, unknown>) };
}

function otherRoute(request: Request, path: string, state: SourceState): Response {
  const headers = crossOriginHeaders(request, 'GET, HEAD');
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (path === '/v1/health' && reading) {
    const status = state === 'active' || state === 'starting' ? state : 'waiting';
    const body = request.method === 'HEAD' ? null : JSON.stringify({ status });
    headers['content-type'] = 'application/json; charset=utf-8';
    headers['cache-control'] = 'no-cache, no-store, must-revalidate';
    return new Response(body, { status: status === 'active' ? 200 : 202, headers });
  }
  if (path === '' && reading) return new Response('', { headers });
  return new Response('Not found', { status: 404, headers });
}

function preflight(request: Request): Response {
  const headers = baseHeaders(request);
  delete headers['content-type'];
  headers['access-control-max-age'] = '86400';
  const wanted = (request.headers.get('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => ['if-none-match', 'traceparent'].includes(name.toLowerCase()));
  if (wanted.length > 0) headers['access-control-allow-headers'] = wanted.join(',');
  headers.connection = 'keep-alive';
  return new Response(null, { status: 204, headers });
}

async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, { status: response.status, headers: response.headers });
}

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(08|57P|53)/.test(code) ||
    /^E[A-Z]+$/.test(code) ||
    /[Cc]onnection terminated|timeout/.test(error.message)
  );
}
