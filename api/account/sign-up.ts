// Sign-up by invitation only: whoever makes an account brings a link that is still good, and each link makes one.
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { inviteIsOpen } from './invite-rule';

/**
 * Makes an account in the name of an invitation.
 * @param token of the link; null when none was sent
 * @returns what `run` returned, or null when the link is not good. A failed attempt does not spend it.
 */
export async function byInvitation(
  pool: Pool,
  token: string | null,
  run: () => Promise<Response>,
): Promise<Response | null> {
  if (token === null) return null;
  const { rows } = await pool.query<{ id: string }>(
    `insert into auth.invite_sign_up (invite_id)
       select i.id from auth.invite i where i.token_hash = $1 and ${inviteIsOpen}
       on conflict do nothing returning invite_id as id`,
    [createHash('sha256').update(token).digest()],
  );
  const invite = rows[0];
  if (!invite) return null;
  let made = false;
  try {
    const response = await run();
    made = response.ok;
    return response;
  } finally {
    if (!made) await pool.query('delete from auth.invite_sign_up where invite_id = $1', [invite.id]);
  }
}
