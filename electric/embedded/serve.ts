// Answers one shape request: finds or makes the shape, waits for what must be waited for, and picks the part of
// its snapshot or log that the client is at.

import type { Table } from './catalog';
import { columnsOf, defineShape, queryableOf } from './definition';
import { ShapeError } from './errors';
import { KnownTables } from './known-tables';
import { eventStream, waitForMessages } from './live';
import { comparePositions, type Position, snapshotEnd } from './position';
import type { Registry } from './registry';
import type { ShapeParams, ShapeRequest, SubsetParams } from './request';
import {
  type Answer,
  answerHeaders,
  arrayBody,
  isNotModified,
  messageResponse,
  notModified,
  refetchResponse,
  subsetHeaders,
  type Timing,
  upToDateMessage,
} from './respond';
import { schemaHeader } from './schema-header';
import type { Shape, ShapeDefinition } from './shape';
import type { Source } from './source';
import { prepareSubset, readSubset } from './subset';

export interface ServeOptions extends Timing {
  readonly keepAliveMs: number;
  /** How long a request waits for Postgres before it is told to come back later. */
  readonly readyMs: number;
}

/** A shape that is made anew this often in one request is given up. */
const attempts = 4;

export class ShapeRoute {
  /** Shapes by the parameters that asked for them, so that a poll does not compile its where clause again. */
  private readonly known = new Map<string, Shape>();
  /** The last body made for each shape: readers that wait together get the same bytes. */
  private readonly bodies = new WeakMap<Shape, { readonly key: string; readonly body: Buffer }>();
  private readonly schemas = new WeakMap<
    Table,
    { readonly definition: ShapeDefinition; readonly text: string }
  >();

  private readonly tables: KnownTables;

  constructor(
    private readonly source: Source,
    private readonly registry: Registry,
    private readonly options: ServeOptions,
  ) {
    this.tables = new KnownTables(source.pool);
  }

  /**
   * @param signal aborted when the client has gone away
   * @throws ShapeError
   */
  async respond(request: Request, parsed: ShapeRequest, signal: AbortSignal): Promise<Response> {
    if (!(await this.source.ready(this.options.readyMs, signal))) return this.away(request, 5);
    for (let attempt = 1; ; attempt++) {
      const shape = await this.obtain(parsed.shape, signal);
      shape.lastUsed = Date.now();
      if (parsed.handle !== undefined && parsed.handle !== shape.handle) {
        if (parsed.offset !== 'now') await this.registry.progress.learn(parsed.offset.tx);
        return refetchResponse(request, shape.handle);
      }
      const started = await this.waitForStart(shape, signal);
      if (started === 'aborted') return gone();
      if (started === 'started') return this.answer(request, parsed, shape, signal);
      if (this.source.state === 'closed') return this.away(request, 5);
      this.explain(shape);
      if (attempt >= attempts || parsed.handle !== undefined) return refetchResponse(request, undefined);
      if (!(await this.source.ready(this.options.readyMs, signal))) return this.away(request, 5);
    }
  }

  /** The shape for these parameters, made when it does not exist. */
  private async obtain(params: ShapeParams, signal: AbortSignal): Promise<Shape> {
    const key = JSON.stringify(params);
    const found = this.known.get(key);
    if (found && found.state !== 'dropped') return found;
    const definition = await this.define(params, signal);
    const rest = this.registry.rest(definition.key);
    if (rest) {
      await rest;
      // Its table may have gone meanwhile.
      return this.obtain(params, signal);
    }
    const shape = this.registry.obtain(definition);
    this.known.set(key, shape);
    if (this.known.size > 64 + 8 * this.registry.count) this.forgetDropped();
    return shape;
  }

  /**
   * What the parameters mean now.
   * @throws ShapeError
   */
  define(params: ShapeParams, signal: AbortSignal): Promise<ShapeDefinition> {
    return defineShape(this.source.pool, this.tables, params, signal);
  }

  /** The shape's schema as a header. */
  private schema(shape: Shape): string {
    let schema = this.schemas.get(shape.table);
    if (schema?.definition !== shape.definition) {
      const text = schemaHeader(columnsOf(shape.definition, shape.table));
      schema = { definition: shape.definition, text };
      this.schemas.set(shape.table, schema);
    }
    return schema.text;
  }

  private forgetDropped(): void {
    for (const [key, shape] of this.known) if (shape.state === 'dropped') this.known.delete(key);
  }

  private async waitForStart(shape: Shape, signal: AbortSignal): Promise<'started' | 'dropped' | 'aborted'> {
    while (shape.state === 'waiting') {
      if ((await shape.wait(this.options.longPollMs, signal)) === 'aborted') return 'aborted';
    }
    return shape.state === 'dropped' ? 'dropped' : 'started';
  }

  /** Throws when the reason why the shape ended would only come again. */
  private explain(shape: Shape): void {
    if (shape.failure instanceof ShapeError) throw shape.failure;
    if (shape.dropReason === 'too-large') {
      throw new ShapeError(
        'refused',
        'The shape is larger than the memory this server may use; raise its limit or narrow the shape.',
      );
    }
    if (shape.dropReason === 'failed') {
      throw new ShapeError('unavailable', 'The snapshot of the shape failed; try again later.');
    }
  }

  private away(request: Request, retryAfter: number): Response {
    return messageResponse(
      request,
      503,
      'The database is not reachable; try again later.',
      undefined,
      retryAfter,
    );
  }

  private async answer(
    request: Request,
    parsed: ShapeRequest,
    shape: Shape,
    signal: AbortSignal,
  ): Promise<Response> {
    if (parsed.subset) return this.answerSubset(request, parsed, parsed.subset, shape);
    if (parsed.offset === 'now') return this.upToDate(request, parsed, shape, shape.log.last);
    const from = parsed.offset;
    if (from.tx <= 0n && from.op !== Number.POSITIVE_INFINITY) {
      const chunk = await this.chunkAfter(shape, from, signal);
      if (chunk === 'aborted') return gone();
      if (chunk === 'dropped') return this.dropped(request, shape);
      if (chunk) {
        return this.send(request, parsed, shape, { offset: chunk.offset, upToDate: false }, chunk.bytes);
      }
    }
    return this.serveLog(request, parsed, shape, from.tx <= 0n ? snapshotEnd : from, signal);
  }

  private async answerSubset(
    request: Request,
    parsed: ShapeRequest,
    params: SubsetParams,
    shape: Shape,
  ): Promise<Response> {
    const { definition } = shape;
    const { pool } = this.source;
    const { progress } = this.registry;
    // The client goes on from the offset of this answer. Whatever it has seen before the subset, it must see the
    // changes to those rows too, so it stays where it is; one that has seen nothing starts before the subset.
    const { offset: from } = parsed;
    const offset = from === 'now' || from.tx < 0n ? shape.log.last : from;
    const subset = await prepareSubset(pool, definition, queryableOf(definition, parsed.shape), params);
    const body = await readSubset(
      pool,
      definition,
      columnsOf(definition),
      subset,
      (snapshot) => progress.isComplete(snapshot),
      (lsn) => progress.shown(lsn),
    );
    const answer = this.toAnswer(shape, { offset, upToDate: false });
    return new Response(body as Uint8Array<ArrayBuffer>, { headers: subsetHeaders(request, answer) });
  }

  /** The snapshot's chunk after the position, waited for while rows are arriving; undefined after the last one. */
  private async chunkAfter(
    shape: Shape,
    from: Position,
    signal: AbortSignal,
  ): Promise<{ bytes: Buffer; offset: Position } | undefined | 'aborted' | 'dropped'> {
    const index = from.tx < 0n ? 0 : from.op + 1;
    for (;;) {
      if (shape.state === 'dropped') return 'dropped';
      const bytes = shape.log.chunks[index];
      if (bytes) return { bytes, offset: { tx: 0n, op: index } };
      if (shape.state === 'serving') return undefined;
      if ((await shape.wait(this.options.longPollMs, signal)) === 'aborted') return 'aborted';
    }
  }

  private async serveLog(
    request: Request,
    parsed: ShapeRequest,
    shape: Shape,
    from: Position,
    signal: AbortSignal,
  ): Promise<Response> {
    const { last } = shape.log;
    const beyond = comparePositions(from, last) > 0;
    const waiting = comparePositions(last, from) <= 0;
    if (!beyond && waiting && !parsed.live) return this.upToDate(request, parsed, shape, last, true);
    if (isNotModified(request, parsed, this.toAnswer(shape, { offset: last, upToDate: waiting }))) {
      const answer = this.toAnswer(shape, { offset: last, upToDate: waiting });
      return notModified(answerHeaders(request, parsed, answer, this.options));
    }
    if (parsed.sse && !beyond) {
      // A stream that breaks must be taken up from what has arrived of it, so the headers promise nothing yet.
      const answer = this.toAnswer(shape, { offset: from, upToDate: waiting });
      const stream = eventStream(this.registry, shape, from, signal, this.options);
      return new Response(stream, { headers: answerHeaders(request, parsed, answer, this.options) });
    }
    if (waiting) {
      const { longPollMs } = this.options;
      const result = await waitForMessages(shape, from, beyond ? longPollMs / 2 : longPollMs, signal);
      if (result === 'aborted') return gone();
      if (result === 'dropped') return this.dropped(request, shape);
      if (result === 'timeout') {
        if (this.source.state !== 'active') return this.away(request, 10);
        if (beyond) {
          return messageResponse(request, 400, 'Invalid request', {
            offset: ['out of bounds for this shape'],
          });
        }
        return this.upToDate(request, parsed, shape, last);
      }
    }
    const { end, complete, body } = this.logBody(shape, from);
    return this.send(request, parsed, shape, { offset: end, upToDate: complete }, body);
  }

  private logBody(shape: Shape, from: Position): { end: Position; complete: boolean; body: Buffer } {
    const range = shape.log.read(from);
    const lsn = this.registry.lsnOf(shape);
    const key = `${from.tx}_${from.op}/${range.end.tx}_${range.end.op}/${range.complete ? lsn : ''}`;
    let cached = this.bodies.get(shape);
    if (cached?.key !== key) {
      const parts = range.complete ? [...range.parts, Buffer.from(upToDateMessage(lsn))] : range.parts;
      cached = { key, body: arrayBody(parts) };
      this.bodies.set(shape, cached);
    }
    return { end: range.end, complete: range.complete, body: cached.body };
  }

  private upToDate(
    request: Request,
    parsed: ShapeRequest,
    shape: Shape,
    offset: Position,
    hasData = false,
  ): Response {
    const body = arrayBody([Buffer.from(upToDateMessage(this.registry.lsnOf(shape)))]);
    return this.send(request, parsed, shape, { offset, upToDate: true, hasData }, body);
  }

  private send(
    request: Request,
    parsed: ShapeRequest,
    shape: Shape,
    part: { offset: Position; upToDate: boolean; hasData?: boolean },
    body: Buffer,
  ): Response {
    const answer = this.toAnswer(shape, part);
    const headers = answerHeaders(request, parsed, answer, this.options);
    if (answer.hasData && isNotModified(request, parsed, answer)) return notModified(headers);
    return new Response(body as Uint8Array<ArrayBuffer>, { headers });
  }

  private toAnswer(shape: Shape, part: { offset: Position; upToDate: boolean; hasData?: boolean }): Answer {
    return {
      handle: shape.handle,
      offset: part.offset,
      upToDate: part.upToDate,
      hasData: part.hasData ?? true,
      schema: this.schema(shape),
    };
  }

  private dropped(request: Request, shape: Shape): Response {
    if (this.source.state === 'closed') return this.away(request, 5);
    this.explain(shape);
    return refetchResponse(request, this.registry.findByKey(shape.definition.key)?.handle);
  }
}

/** For a client that is no longer there. */
function gone(): Response {
  return new Response(null, { status: 499 });
}
