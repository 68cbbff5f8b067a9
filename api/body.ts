// Reads a small JSON body and checks it. The write path has its own limits; see write.ts.
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { ApiFailure } from './errors';

/** @param bytes a larger body is refused before it is read to its end */
export function bodyAtMost(bytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: bytes,
    onError: () => {
      throw new ApiFailure('too-large', 'The request is too large.');
    },
  });
}

/** For routes whose bodies are a few fields. */
export const smallBody = bodyAtMost(64_000);

/** @throws ApiFailure 'malformed' */
export async function readBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  let json: unknown;
  try {
    json = await c.req.json();
  } catch {
    throw new ApiFailure('malformed', 'The request is not JSON.');
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new ApiFailure('malformed', `The request is malformed: ${issue?.path.join('.')} ${issue?.message}.`);
}

/** A path parameter that is a uuid. @throws ApiFailure 'not-found' */
export function uuidParam(c: Context, name: string): string {
  const read = z.uuid().safeParse(c.req.param(name));
  if (!read.success) throw new ApiFailure('not-found', 'There is nothing at this address.');
  return read.data;
}
