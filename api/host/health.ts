// GET /api/health: 200 with versions when everything a person needs is there, 503 with what is not.
import { Hono } from 'hono';
import { PROTOCOL } from '../../db/sync/wire';
import type { ApiDeps } from '../sync/deps';

export interface HealthDeps extends ApiDeps {
  /** Number of the newest migration of this program. */
  readonly migration: number;
}

export interface Health {
  status: 'ready' | 'not ready';
  versions: { app: string; migration: number; postgres: string | null; protocol: number };
  /** Which part is away; absent when ready. */
  waiting?: 'database' | 'shapes';
}

/** @param shapesReady whether the upstream of the read path answers */
export function healthRoutes(deps: HealthDeps, app: string, shapesReady: () => Promise<boolean>): Hono {
  const routes = new Hono();
  routes.get('/', async (c) => {
    c.header('cache-control', 'no-store');
    const versions: Health['versions'] = {
      app,
      migration: deps.migration,
      postgres: null,
      protocol: PROTOCOL,
    };
    const waiting = (part: 'database' | 'shapes') =>
      c.json({ status: 'not ready', versions, waiting: part } satisfies Health, 503);
    try {
      const { rows } = await deps.reads.query<{ server_version: string }>('show server_version');
      versions.postgres = rows[0]!.server_version;
    } catch {
      return waiting('database');
    }
    if (!(await shapesReady().catch(() => false))) return waiting('shapes');
    return c.json({ status: 'ready', versions } satisfies Health);
  });
  return routes;
}
