// What search finds of bookings.
import { sql } from 'kysely';
import type { Searched } from '../kit/searched';

export const searchedBookings: Searched = ({ workspaceId, query, limit }) => sql`
  (select b.id, 'booking' as kind, b.id as task_id, b.resource_id as project_id, r.name as resource, b.title, b.status,
          lower(b.during) as at, b.author, case when b.notes = '' then b.title else b.notes end as body,
          ts_rank(w.words, ${query}) * 1.5 as rank
     from booking b join resource r on r.id = b.resource_id join found w on w.row_id = b.id
    where b.workspace_id = ${workspaceId}
    order by rank desc, lower(b.during) desc limit ${limit})`;
