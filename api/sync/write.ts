// POST /api/write: the door of write-request.ts. Who may come in, and when, is decided in entrance.ts and write-door.ts.
import { Hono } from 'hono';
import { limits } from '../../db/sync/wire';
import type { ApiDeps } from '../deps';
import { readBytes, whenGone } from './body';

export function writeRoutes(deps: ApiDeps): Hono {
  const app = new Hono();
  app.post('/', async (c) => {
    const person = await deps.person(c.req.raw);
    deps.writes.admit(person);
    const body = await readBytes(c, limits.bodyBytes, 'This is more than the server takes at once.');
    const { json, written } = await deps.writes.answer(person, body, whenGone(c));
    deps.documents.touched(written, person.id);
    return c.body(json, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  });
  return app;
}
