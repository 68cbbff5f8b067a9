// What search finds of tasks: tasks by their texts, and comments, which lead to their task.
import { sql } from 'kysely';
import type { Searched } from '../kit/searched';
import { shownWords, taskMatches } from './shown-columns';

export const searchedTasks: Searched = ({ workspaceId, query, limit }) => {
  const more = shownWords === null ? sql`` : sql` || ' ' || ${shownWords}`;
  return sql`
    (select h.id, h.kind, h.task_id, t.project_id, null as resource, t.title, t.status, h.at, h.author, h.body, h.rank
    from (
      (select id, 'task' as kind, id as task_id, updated_at as at, author,
              case when description = '' then title else description end${more} as body,
              ts_rank(search, ${query}) * 1.5 as rank
         from task where workspace_id = ${workspaceId} and ${taskMatches(query)}
        order by rank desc, updated_at desc limit ${limit})
      union all
      (select id, 'comment', task_id, created_at,
              case when author_id is null then author || ' (imported)' else author end, body, ts_rank(search, ${query})
         from comment where workspace_id = ${workspaceId} and search @@ ${query}
        order by 7 desc, created_at desc limit ${limit})
    ) h join task t on t.id = h.task_id)`;
};
