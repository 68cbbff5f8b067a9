// POST /api/write: the door of write-request.ts. Who may come in, and when, is decided in entrance.ts and write-door.ts.
import { Hono } from 'hono';
import { limits } from '../../db/sync/wire';
import { readBytes, whenGone } from './body';
import type { Person } from './sessions';
import type { WriteDoor } from './write-door';

export interface WriteParts {
  /** @throws ApiFailure 'signed-out' */
  person(request: Request): Promise<Person>;
  readonly writes: WriteDoor;
}

export function writeRoutes(parts: WriteParts): Hono {
  const app = new Hono();
  app.post('/', async (c) => {
    const person = await parts.person(c.req.raw);
    parts.writes.admit(person);
    const body = await readBytes(c, limits.bodyBytes, 'This is more than the server takes at once.');
    const json = await parts.writes.answer(person, body, whenGone(c));
    return c.body(json, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  });
  return app;
}
