// Full-text search over everything in a workspace that is on this device: what features give to it (kit/searched.ts).
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../db/schema';
import { searchedBookings } from '../booking';
import type { Searched } from '../kit/searched';
import { searchedPages } from '../page';
import { bound } from '../sync/react/sql';
import { searchedTasks } from '../task';

/** A feature that is searched is one entry here. */
const searched: readonly Searched[] = [searchedTasks, searchedBookings, searchedPages];

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
const options = `StartSel=${MARK_ON}, StopSel=${MARK_OFF}, MaxFragments=2, MaxWords=22, MinWords=8, FragmentDelimiter=" … "`;

/**
 * The best hits: by rank, then the newest.
 * @param words a tsquery, see prefixQuery
 */
export function searchHits(db: Kysely<DB>, workspaceId: string, words: string, limit: number) {
  const query = sql`to_tsquery('simple', ${words})`;
  const first = words.split(':')[0]!;
  const parts = searched.map((hits) => hits({ workspaceId, query, first, limit }));
  return bound<Hit>(
    db,
    // By itself, so that the index of words is used also while the planner does not know yet how many rows there are.
    sql`
      with found as materialized (select row_id, words from sync.words where words @@ ${query})
      select id, kind, task_id, project_id, resource, title, status, at, author,
             ts_headline('simple', left(body, ${sql.lit(excerptFrom)}), ${query}, ${options}) as excerpt
      from (${sql.join(parts, sql` union all `)}) x
      order by rank desc, at desc, id limit ${limit}`,
  );
}

/** How many rows have words that search does not know yet (device.ts). */
export function unreadCount(db: Kysely<DB>) {
  return bound<{ count: number }>(db, sql`select count(*)::int as count from sync.unread`);
}

/** @returns the text in pieces, found words marked. */
export function markedPieces(excerpt: string): { text: string; found: boolean }[] {
  return excerpt.split(MARK_ON).flatMap((piece, i) => {
    if (i === 0) return piece ? [{ text: piece, found: false }] : [];
    const [found = '', rest = ''] = piece.split(MARK_OFF);
    return [{ text: found, found: true }, ...(rest ? [{ text: rest, found: false }] : [])];
  });
}
