// The memberships of an app that keeps them where the core does: in the tables workspace and member.
import type { Pool } from 'pg';
import type { Membership } from '../../db/sync/wire';
import type { Memberships } from './sessions';

/** The memberships of this database, as the core asks for them. */
export function membershipsIn(pool: Pool): Memberships {
  return {
    async membershipsOf(userIds) {
      const { rows } = await pool.query<{ id: string; theirs: Membership[] }>(
        `select m.user_id as id,
                json_agg(json_build_object('workspaceId', m.workspace_id, 'memberId', m.id, 'role', m.role, 'name', w.name)
                         order by m.created_at, w.name, m.id) as theirs
           from member m join workspace w on w.id = m.workspace_id
          where m.user_id = any ($1::text[]) group by m.user_id`,
        [userIds],
      );
      return new Map(rows.map(({ id, theirs }) => [id, theirs]));
    },
  };
}
