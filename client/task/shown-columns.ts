// Columns of a task that its definition shows by itself (db/task/tables.ts): the panel and search take them from here.
import { sql } from 'kysely';
import type { Column } from '../../db/sync/define';
import { taskTables } from '../../db/task/tables';

const defined: Readonly<Record<string, Column>> = taskTables.task.defined;

export const shownColumns = Object.entries(defined)
  .filter(([, column]) => column.shown && column.control !== undefined)
  .map(([name, column]) => ({ name, label: column.called ?? name, control: column.control ?? 'text' }));

const texts = shownColumns.filter(({ control }) => control === 'text' || control === 'long-text');

/** What search reads of a task beside its words; null: nothing. */
export const shownWords =
  texts.length === 0
    ? null
    : sql<string>`concat_ws(' ', ${sql.join(texts.map(({ name }) => sql.ref(`task.${name}`)))})`;

/** @returns SQL over task: whether its words match. @param query a tsquery */
export function taskMatches(query: ReturnType<typeof sql>) {
  return shownWords === null
    ? sql<boolean>`task.id in (select row_id from sync.words where words @@ ${query})`
    : sql<boolean>`(task.id in (select row_id from sync.words where words @@ ${query}) or to_tsvector('simple', ${shownWords}) @@ ${query})`;
}
