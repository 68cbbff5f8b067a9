// Reads bodies of requests: never more than the route takes, never nested deeper than the protocol allows.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { z } from 'zod';
import { uuid } from '../../db/sync/uuid';
import { limits } from '../../db/sync/wire';
import { ClientGone } from '../../electric/proxy';
import { ApiFailure } from './errors';
import { jsonShape } from './json-shape';

/** Of routes whose bodies are a few fields, bytes. */
const SMALL = 64_000;

/**
 * Reads the body off the socket, so that only what was read is in memory: a Request that was asked for its body or its
 * signal takes in all of it, whatever its size.
 * @throws ApiFailure 'too-large' with the sentence: before reading where the length is given, else at the limit;
 * ClientGone
 */
export async function readBytes(
  c: Context,
  most = SMALL,
  sentence = 'The request is too large.',
): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = () => new ApiFailure('too-large', sentence);
  if (Number(c.req.header('content-length') ?? 0) > most) throw tooLarge();
  const { incoming } = c.env as HttpBindings;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    // The connection stays, for the answer.
    for await (const part of (incoming as IncomingMessage).iterator({ destroyOnReturn: false })) {
      size += part.length;
      if (size > most) throw tooLarge();
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof ApiFailure) throw error;
    throw new ClientGone();
  }
  return Buffer.concat(parts, size);
}

/**
 * @param most bytes
 * @throws ApiFailure 'malformed', 'too-large'
 */
export async function readBody<T extends z.ZodType>(
  c: Context,
  schema: T,
  most = SMALL,
): Promise<z.output<T>> {
  return readJson(await readBytes(c, most), schema, limits.depth);
}

/**
 * @param deepest arrays and objects within each other, at the most
 * @throws ApiFailure 'malformed'
 */
export function readJson<T extends z.ZodType>(bytes: Buffer, schema: T, deepest: number): z.output<T> {
  const { depth, values } = jsonShape(bytes);
  if (depth > deepest) throw new ApiFailure('malformed', 'The request is nested too deeply.');
  if (values > 4_000_000) throw new ApiFailure('malformed', 'The request has too many values.');
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch {
    throw new ApiFailure('malformed', 'The request is not JSON.');
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new ApiFailure('malformed', `The request is malformed: ${issue?.path.join('.')} ${issue?.message}.`);
}

/** Aborts when whoever asked has gone before the answer was there. May be asked for at any time. */
export function whenGone(c: Context): AbortSignal {
  const outgoing = (c.env as HttpBindings).outgoing as ServerResponse;
  const gone = new AbortController();
  const closed = () => {
    if (!outgoing.writableFinished) gone.abort(new ClientGone());
  };
  if (outgoing.closed || outgoing.destroyed) closed();
  else outgoing.once('close', closed);
  return gone.signal;
}

/** A path parameter that is a uuid, in lower case. @throws ApiFailure 'not-found' */
export function uuidParam(c: Context, name: string): string {
  const read = uuid.safeParse(c.req.param(name));
  if (!read.success) throw new ApiFailure('not-found', 'There is nothing at this address.');
  return read.data;
}
