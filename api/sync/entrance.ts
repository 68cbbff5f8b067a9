// What every request that changes something passes before its body is read (A5): somebody must be signed in, and have
// few enough under way. A body that waits stays in the network; node's streams would otherwise take in all of it.
import type { MiddlewareHandler } from 'hono';
import type { ApiDeps, Person } from '../deps';
import { whenGone } from './body';
import { Turns } from './turns';

/** Requests of one person at once that change something, and how many may wait: far more than devices send. */
export const turnLimits = { perPerson: 3, waiting: 32 } as const;

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Signing in needs no session. */
const open = '/api/auth/';
/** Polls are reads, and last; they look at the session themselves (known-readers.ts). */
const polls = '/api/shapes/live';

/** The same, asking only once for each request whose it is. */
export function remembering(deps: ApiDeps): ApiDeps {
  const known = new WeakMap<Request, Promise<Person>>();
  return {
    ...deps,
    person(request) {
      const person = known.get(request) ?? deps.person(request);
      known.set(request, person);
      return person;
    },
  };
}

export function sessionFirst(deps: ApiDeps): MiddlewareHandler {
  return async (c, next) => {
    const passes = reading.has(c.req.method) || c.req.path.startsWith(open) || c.req.path === polls;
    if (!passes) await deps.person(c.req.raw);
    await next();
  };
}

export function oneByOne(deps: ApiDeps): MiddlewareHandler {
  const turns = new Turns(turnLimits);
  return async (c, next) => {
    if (reading.has(c.req.method) || c.req.path.startsWith(open) || c.req.path === polls) return await next();
    const { id } = await deps.person(c.req.raw);
    await turns.run(id, 1, next, whenGone(c));
  };
}
