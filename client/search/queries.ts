// Full-text search over every task, comment, booking and page of a workspace on this device.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../db/schema';
import { bound } from '../sync/react/sql';
import { shownWords, taskMatches } from '../task';

export interface Hit {
  readonly id: string;
  readonly kind: 'task' | 'comment' | 'booking' | 'page';
  /** Of a booking or page: itself. */
  readonly task_id: string;
  /** Of a booking: its resource. Of a page: null. */
  readonly project_id: string | null;
  /** Name of the resource of a booking. */
  readonly resource: string | null;
  readonly title: string;
  readonly status: string;
  readonly at: string;
  /** A piece of the text around what was found; found words stand between MARK_ON and MARK_OFF. */
  readonly excerpt: string;
  readonly author: string;
}

/** Private-use characters: they do not occur in what people write. */
export const MARK_ON = '\uE000';
export const MARK_OFF = '\uE001';

/** Excerpts are cut from this much of very long texts: headlines cost time for each character. */
const excerptFrom = 20_000;
/** Of a page it begins shortly before the first place where a word stands. */
const before = 200;
const options = `StartSel=${MARK_ON}, StopSel=${MARK_OFF}, MaxFragments=2, MaxWords=22, MinWords=8, FragmentDelimiter=" … "`;

/**
 * The best hits: by rank, then the newest.
 * @param words a tsquery, see prefixQuery
 */
export function searchHits(db: Kysely<DB>, workspaceId: string, words: string, limit: number) {
  const query = sql`to_tsquery('simple', ${words})`;
  const first = words.split(':')[0]!;
  const more = shownWords === null ? sql`` : sql` || ' ' || ${shownWords}`;
  return bound<Hit>(
    db,
    sql`
      select id, kind, task_id, project_id, resource, title, status, at, author,
             ts_headline('simple', left(body, ${sql.lit(excerptFrom)}), ${query}, ${options}) as excerpt
      from (
        select h.id, h.kind, h.task_id, t.project_id, null as resource, t.title, t.status, h.at, h.author, h.body, h.rank
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
        ) h join task t on t.id = h.task_id
        union all
        (select b.id, 'booking', b.id, b.resource_id, r.name, b.title, b.status, lower(b.during), b.author,
                case when b.notes = '' then b.title else b.notes end, ts_rank(b.search, ${query}) * 1.5 as rank
           from booking b join resource r on r.id = b.resource_id
          where b.workspace_id = ${workspaceId} and b.search @@ ${query}
          order by rank desc, lower(b.during) desc limit ${limit})
        union all
        (select p.id, 'page', p.id, null, null, case when p.title = '' then 'Untitled' else p.title end, '',
                p.updated_at, '',
                coalesce(substr(d.body, greatest(1, strpos(lower(d.body), ${first}) - ${sql.lit(before)})), p.title),
                ts_rank(p.search || coalesce(d.search, ''::tsvector), ${query}) * 1.5 as rank
           from page p left join sync.document_text d on d.document_id = p.id
          where p.workspace_id = ${workspaceId} and p.deleted_at is null
            and (p.search @@ ${query} or d.search @@ ${query})
          order by rank desc, p.updated_at desc limit ${limit})
      ) x
      order by rank desc, at desc, id limit ${limit}`,
  );
}

/** @returns the text in pieces, found words marked. */
export function markedPieces(excerpt: string): { text: string; found: boolean }[] {
  return excerpt.split(MARK_ON).flatMap((piece, i) => {
    if (i === 0) return piece ? [{ text: piece, found: false }] : [];
    const [found = '', rest = ''] = piece.split(MARK_OFF);
    return [{ text: found, found: true }, ...(rest ? [{ text: rest, found: false }] : [])];
  });
}
