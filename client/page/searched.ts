// What search finds of pages: by title, and by the text of the body (document_text, filled on this device).
import { sql } from 'kysely';
import type { Searched } from '../kit/searched';

/** A piece of the body begins shortly before the first place where a word stands; characters. */
const before = 200;

export const searchedPages: Searched = ({ workspaceId, query, first, limit }) => sql`
  (select p.id, 'page' as kind, p.id as task_id, null as project_id, null as resource,
          case when p.title = '' then 'Untitled' else p.title end as title, '' as status, p.updated_at as at, '' as author,
          coalesce(substr(d.body, greatest(1, strpos(lower(d.body), ${first}) - ${sql.lit(before)})), p.title) as body,
          ts_rank(p.search || coalesce(d.search, ''::tsvector), ${query}) * 1.5 as rank
     from page p left join sync.document_text d on d.document_id = p.id
    where p.workspace_id = ${workspaceId} and p.deleted_at is null
      and (p.search @@ ${query} or d.search @@ ${query})
    order by rank desc, p.updated_at desc limit ${limit})`;
