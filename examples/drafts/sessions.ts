// Who may come in: two built-in editors, and sessions by a cookie. It answers the core's question whose a request is.
import { createHash, randomBytes } from 'node:crypto';
import { parse } from 'hono/utils/cookie';
import type { Pool } from 'pg';
import { ApiFailure } from '../../api/sync/errors';

/** What is kept in step belongs to a workspace, and a blog needs one. */
export const workspaceId = '0b109000-0000-4000-8000-000000000000';
// Passwords in a source file are for a demonstration only.
const editors = ['ada', 'ben'].map((id) => ({ id, name: id, email: `${id}@blog.example` }));
const passwordOf = (id: string) => `${id} writes`;
const idOf = (token = '') => createHash('sha256').update(token).digest('hex');
const sessionOf = (request: Request) => idOf(parse(request.headers.get('cookie') ?? '').site);

/** Makes the workspace and its members, which are tables of the core, unless they are there. */
export async function makeMembers(pool: Pool): Promise<void> {
  await pool.query(`insert into workspace (id, name) values ($1, 'Blog') on conflict do nothing`, [
    workspaceId,
  ]);
  const sql = `insert into member (id, workspace_id, user_id, name, email, role)
    values (gen_random_uuid(), $1, $2, $3, $4, 'member') on conflict do nothing`;
  for (const { id, name, email } of editors) await pool.query(sql, [workspaceId, id, name, email]);
}

export const sessionsIn = (pool: Pool) => ({
  async session(request: Request) {
    const sessionId = sessionOf(request);
    const { rows } = await pool.query('select editor from site.session where id = $1', [sessionId]);
    const person = editors.find(({ id }) => id === rows[0]?.editor);
    if (!person) throw new ApiFailure('signed-out', 'Sign in again.');
    return { person, sessionId, cookies: [] };
  },
  async endedAmong(ids: readonly string[]) {
    const { rows } = await pool.query('select id from site.session where id = any ($1)', [ids]);
    return new Set(ids.filter((id) => !rows.some((row) => row.id === id)));
  },
  /** @returns what the cookie is to hold; null: the name or the password is wrong */
  async begin(name: unknown, password: unknown): Promise<string | null> {
    if (!editors.some(({ id }) => id === name && passwordOf(id) === password)) return null;
    const token = randomBytes(32).toString('base64url');
    await pool.query('insert into site.session (id, editor) values ($1, $2)', [idOf(token), name]);
    return token;
  },
  end: (request: Request) => pool.query('delete from site.session where id = $1', [sessionOf(request)]),
});
