// Which web origin the server is: for links that it makes, and to refuse writes that come from other sites.
import type { MiddlewareHandler } from 'hono';
import { ApiFailure } from './errors';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a write whose page is of another origin. Browsers name the origin of every such request; programs that
 * send neither header carry no person's cookies.
 * @param publicUrl the configured origin; null: the Host that was asked.
 */
export function sameOrigin(publicUrl: string | null): MiddlewareHandler {
  return async (c, next) => {
    if (!reading.has(c.req.method)) {
      if (!isOwnOrigin(c.req.raw.headers, publicUrl)) {
        throw new ApiFailure('forbidden', 'This request came from another site.');
      }
    }
    await next();
  };
}

/** @returns whether a request with these headers comes from a page of ours, or from no page. */
export function isOwnOrigin(headers: Headers, publicUrl: string | null): boolean {
  const origin = headers.get('origin');
  if (origin !== null) return origin === publicUrl || hostOf(origin) === headers.get('host');
  const site = headers.get('sec-fetch-site');
  return site === null || site === 'same-origin' || site === 'none';
}

/** @returns the origin that links given to people begin with. */
export function publicOrigin(publicUrl: string | null, request: Request): string {
  return publicUrl ?? new URL(request.url).origin;
}

/** The last origin that was read: mostly it is always the same. */
let last: { readonly origin: string; readonly host: string | null } | null = null;

function hostOf(origin: string): string | null {
  if (last?.origin !== origin) {
    last = { origin, host: URL.canParse(origin) ? new URL(origin).host : null };
  }
  return last.host;
}
