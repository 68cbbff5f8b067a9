// How much a workspace may keep on the server, and how much it does: bytes of files, and of the bodies of pages.
// GET /api/workspaces/:id/storage says both.
import { Hono } from 'hono';
import type { Pool } from 'pg';
import { requireRole } from '../account';
import { uuidParam } from '../sync/body';
import type { ApiDeps } from '../sync/deps';
import { ApiFailure } from '../sync/errors';

export interface FileDeps extends ApiDeps {
  /** Bytes that each workspace may keep on the server. */
  readonly workspaceQuota: number;
}

/** Bytes. */
export interface WorkspaceStorage {
  readonly files: number;
  /** Bodies of pages and their versions; up to a minute old. */
  readonly texts: number;
  readonly granted: number;
}

/** Bodies are many rows: counted once a minute at most, ms. */
const textsAge = 60_000;
const counted = new WeakMap<Pool, Map<string, { readonly at: number; readonly bytes: Promise<number> }>>();

export function storageRoutes(deps: FileDeps): Hono {
  const app = new Hono();
  app.get('/:id/storage', async (c) => {
    const person = await deps.person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    await requireRole(deps.reads, person.id, workspaceId, ['owner', 'member', 'guest']);
    return c.json(await storageOf(deps, workspaceId), 200, { 'cache-control': 'no-store' });
  });
  return app;
}

export async function storageOf(deps: FileDeps, workspaceId: string): Promise<WorkspaceStorage> {
  // The length of bytes that lie apart is read without them.
  const files = await deps.reads.query<{ bytes: string }>(
    'select coalesce(sum(octet_length(bytes)), 0) as bytes from sync.file_bytes where workspace_id = $1',
    [workspaceId],
  );
  return {
    files: Number(files.rows[0]!.bytes),
    texts: await textsOf(deps.reads, workspaceId),
    granted: deps.workspaceQuota,
  };
}

/** Bytes that the workspace may still add; never less than 0. */
export async function roomIn(deps: FileDeps, workspaceId: string): Promise<number> {
  const { files, texts, granted } = await storageOf(deps, workspaceId);
  return Math.max(0, granted - files - texts);
}

/** For bytes that are one file too many: kind 'too-large', with `detail.reason` 'quota'. Text is never refused. */
export function overQuota(granted: number): ApiFailure {
  return new ApiFailure(
    'too-large',
    `The storage of this workspace is full (${sizeInWords(granted)}). An owner can ask whoever runs the server for more.`,
    { reason: 'quota', granted },
  );
}

function sizeInWords(bytes: number): string {
  return bytes >= 1e9 ? `${Math.round(bytes / 1e8) / 10} GB` : `${Math.round(bytes / 1e6)} MB`;
}

function textsOf(pool: Pool, workspaceId: string): Promise<number> {
  const known = counted.get(pool) ?? new Map();
  counted.set(pool, known);
  const now = Date.now();
  for (const [id, { at }] of known) if (at < now - textsAge) known.delete(id);
  const found = known.get(workspaceId);
  if (found) return found.bytes;
  const bytes = pool
    .query<{ bytes: string }>(
      `select (select coalesce(sum(octet_length(update)), 0) from document_update where workspace_id = $1)
        + (select coalesce(sum(octet_length(state)), 0) from document_version where workspace_id = $1) as bytes`,
      [workspaceId],
    )
    .then(({ rows }) => Number(rows[0]!.bytes));
  known.set(workspaceId, { at: now, bytes });
  bytes.catch(() => known.delete(workspaceId));
  return bytes;
}
