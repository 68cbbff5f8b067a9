// The bytes of files, by the SHA-256 of their contents: PUT and GET /api/files/<workspace>/<hash>, and which of a
// list the server lacks. The rows that name them go the way of all rows.
import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { FILE_BYTES, pictureTypes } from '../../db/file/file';
import { uuid } from '../../db/sync/uuid';
import { requireRole } from '../account';
import { readBody, readBytes, uuidParam } from '../sync/body';
import { ApiFailure } from '../sync/errors';
import { type FileDeps, overQuota, roomIn } from './storage';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const missing = z.object({ workspaceId: uuid, hashes: z.array(hash).max(900) });

export function fileRoutes(deps: FileDeps): Hono {
  const app = new Hono();
  app.post('/missing', async (c) => {
    const { id } = await deps.person(c.req.raw);
    const asked = await readBody(c, missing);
    await requireRole(deps.pool, id, asked.workspaceId, ['owner', 'member', 'guest']);
    const { rows } = await deps.pool.query<{ hash: string }>(
      `select a.hash from unnest($2::text[]) as a (hash)
        where not exists (select from sync.file_bytes f where f.workspace_id = $1 and f.hash = a.hash)`,
      [asked.workspaceId, asked.hashes],
    );
    const lacking = rows.map((row) => row.hash);
    const here = asked.hashes.filter((name) => !lacking.includes(name));
    if (here.length > 0) await noteStored(deps, asked.workspaceId, here);
    // What is not worth sending is not sent over one bar of signal to be refused.
    return c.json({
      missing: lacking,
      ...(lacking.length > 0 ? { room: await roomIn(deps, asked.workspaceId) } : {}),
    });
  });
  app.put('/:workspace/:hash', async (c) => {
    const { id } = await deps.person(c.req.raw);
    const [workspaceId, name] = [uuidParam(c, 'workspace'), hashParam(c)];
    await requireRole(deps.pool, id, workspaceId, ['owner', 'member']);
    // As far as the request says it: then its body is not read.
    await fits(deps, workspaceId, name, Number(c.req.header('content-length') ?? 0));
    const bytes = await readBytes(c, FILE_BYTES, 'A file may be 10 MB large at most.');
    if (bytes.byteLength === 0 || createHash('sha256').update(bytes).digest('hex') !== name) {
      throw new ApiFailure('malformed', 'The file changed on its way; it is sent again.');
    }
    await fits(deps, workspaceId, name, bytes.byteLength);
    await deps.pool.query(
      'insert into sync.file_bytes (workspace_id, hash, bytes) values ($1, $2, $3) on conflict do nothing',
      [workspaceId, name, bytes],
    );
    await noteStored(deps, workspaceId, [name]);
    return c.body(null, 204);
  });
  app.get('/:workspace/:hash', async (c) => {
    const { id } = await deps.person(c.req.raw);
    const [workspaceId, name] = [uuidParam(c, 'workspace'), hashParam(c)];
    await requireRole(deps.reads, id, workspaceId, ['owner', 'member', 'guest']);
    const { rows } = await deps.reads.query<{ bytes: Buffer; type: string | null }>(
      `select b.bytes, f.type from sync.file_bytes b left join file f using (workspace_id, hash)
        where b.workspace_id = $1 and b.hash = $2`,
      [workspaceId, name],
    );
    const found = rows[0];
    if (!found) throw new ApiFailure('not-found', 'The file has not reached the server yet.');
    const type = found.type !== null && pictureTypes.has(found.type) ? found.type : null;
    return c.body(new Uint8Array(found.bytes), 200, {
      'content-type': type ?? 'application/octet-stream',
      'content-disposition': type ? 'inline' : 'attachment',
      // Whatever it says it is, it runs nothing here.
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=31536000, immutable',
    });
  });
  return app;
}

/**
 * Uploads at the same moment do not see each other: they may go over the quota by what is under way.
 * @throws ApiFailure 'too-large' when there is no room for so many bytes more; what is here already takes none
 */
async function fits(deps: FileDeps, workspaceId: string, name: string, bytes: number): Promise<void> {
  if (bytes <= (await roomIn(deps, workspaceId))) return;
  const here = await deps.pool.query('select from sync.file_bytes where workspace_id = $1 and hash = $2', [
    workspaceId,
    name,
  ]);
  if (here.rowCount === 0) throw overQuota(deps.workspaceQuota);
}

/** Has the rows of files say that their bytes are here; every device learns it by its shape. */
async function noteStored(deps: FileDeps, workspaceId: string, hashes: readonly string[]): Promise<void> {
  await deps.pool.query(
    `update file f set stored_at = b.at from sync.file_bytes b
      where b.workspace_id = $1 and b.hash = any ($2) and f.workspace_id = $1 and f.hash = b.hash
        and f.stored_at is null`,
    [workspaceId, hashes],
  );
}

/** @throws ApiFailure 'not-found' */
function hashParam(c: Context): string {
  const read = hash.safeParse(c.req.param('hash'));
  if (!read.success) throw new ApiFailure('not-found', 'There is nothing at this address.');
  return read.data;
}
