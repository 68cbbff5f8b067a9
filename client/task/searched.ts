// What search finds of tasks: tasks by their texts, and comments, which lead to their task.
import { sql } from 'kysely';
import type { Searched } from '../kit/searched';
import { shownWords } from './shown-columns';

export const searchedTasks: Searched = ({ workspaceId, query, limit }) => {
  const more = shownWords === null ? sql`` : sql` || ' ' || ${shownWords}`;
  // A shown column is not among the words.
  const [join, matches] =
    shownWords === null
      ? [sql`join found`, sql`true`]
      : [
          sql`left join sync.words`,
          sql`(w.words @@ ${query} or to_tsvector('simple', ${shownWords}) @@ ${query})`,
        ];
  return sql`
    (select h.id, h.kind, h.task_id, t.project_id, null as resource, t.title, t.status, h.at, h.author, h.body, h.rank
    from (
      (select task.id, 'task' as kind, task.id as task_id, updated_at as at, author,
              case when description = '' then title else description end${more} as body,
              coalesce(ts_rank(w.words, ${query}), 0) * 1.5 as rank
         from task ${join} w on w.row_id = task.id
        where workspace_id = ${workspaceId} and ${matches}
        order by rank desc, updated_at desc limit ${limit})
      union all
      (select comment.id, 'comment', task_id, created_at,
              case when author_id is null then author || ' (imported)' else author end, body, ts_rank(w.words, ${query})
         from comment join found w on w.row_id = comment.id
        where workspace_id = ${workspaceId}
        order by 7 desc, created_at desc limit ${limit})
    ) h join task t on t.id = h.task_id)`;
};
