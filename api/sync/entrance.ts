// What every request that changes something passes before its body is read (A5): somebody must be signed in, and have
// few enough under way. A body that waits stays in the network; node's streams would otherwise take in all of it.
import type { MiddlewareHandler } from 'hono';
import { whenGone } from './body';
import type { Person } from './sessions';
import { Turns } from './turns';

/** Requests of one person at once that change something, and how many may wait: far more than devices send. */
export const turnLimits = { perPerson: 3, waiting: 32 } as const;

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Polls are reads, and last; they look at the session themselves (known-readers.ts). */
const polls = '/api/shapes/live';

/** The same, asking only once for each request whose it is. */
export function remembering(
  person: (request: Request) => Promise<Person>,
): (request: Request) => Promise<Person> {
  const known = new WeakMap<Request, Promise<Person>>();
  return (request) => {
    const asked = known.get(request) ?? person(request);
    known.set(request, asked);
    return asked;
  };
}

/**
 * For all routes that change something, the core's and the app's own: a person's turns are counted over all of them, and
 * each request once, however often it comes by.
 * @param person whose session the request carries
 * @param open beginnings of paths that need no session, such as those to sign in by
 */
export function entrance(
  person: (request: Request) => Promise<Person>,
  open: readonly string[],
): MiddlewareHandler {
  const turns = new Turns(turnLimits);
  const passed = new WeakSet<Request>();
  return async (c, next) => {
    const { method, path, raw } = c.req;
    const isFree = reading.has(method) || path === polls || open.some((begin) => path.startsWith(begin));
    if (isFree || passed.has(raw)) return await next();
    passed.add(raw);
    const { id } = await person(raw);
    await turns.run(id, 1, next, whenGone(c));
  };
}
