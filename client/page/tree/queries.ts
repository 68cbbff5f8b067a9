// Reads of pages: the tree, favourites, one page, its versions, and what a body mentions.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../../db/schema';
import { bound, pending } from '../../sync/react/sql';
import type { PageRow } from './tree';

type Db = Kysely<DB>;

/** All pages of the workspace, also archived ones and those in the bin: the tree is made of them. */
export function pages(db: Db, workspaceId: string) {
  return db
    .selectFrom('page')
    .select(['id', 'parent_id', 'title', 'icon', 'position', 'archived', 'deleted_at', 'deleted_by'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('position')
    .orderBy('id');
}

/** What only the open page shows. */
export interface PageFacts {
  readonly id: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly author_id: string | null;
  /** Title, icon or place have changes that are on this device only. */
  readonly pending: boolean;
}

export function pageFacts(db: Db, id: string) {
  return bound<PageFacts>(
    db,
    sql`select id, created_at, updated_at, author_id,
               ${pending('page', sql.ref('page.id'))} as pending
          from page where id = ${id}`,
  );
}

/** Ids of the pages that a person has starred, in their order. */
export function favourites(db: Db, workspaceId: string, userId: string) {
  return db
    .selectFrom('page_favourite')
    .select(['id', 'page_id', 'position'])
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '=', userId)
    .orderBy('position')
    .orderBy('id');
}

export interface MentionedTask {
  readonly id: string;
  readonly title: string;
  readonly status: string;
}

export function mentionedTasks(db: Db, ids: readonly string[]) {
  return db.selectFrom('task').select(['id', 'title', 'status']).where('id', 'in', ids);
}

export interface MentionedBooking {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly resource: string;
  readonly starts: string;
}

export function mentionedBookings(db: Db, ids: readonly string[]) {
  return bound<MentionedBooking>(
    db,
    sql`select b.id, b.title, b.status, r.name as resource, lower(b.during) as starts
          from booking b join resource r on r.id = b.resource_id
         where b.id in (${sql.join([...ids])})`,
  );
}

/** Something that can be mentioned, found by its name. */
export interface Mentionable {
  readonly kind: 'task' | 'booking';
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly note: string;
}

/** Tasks and bookings whose words begin so; the newest of all when nothing is typed yet. */
export function mentionable(db: Db, workspaceId: string, words: string | null, limit: number) {
  const found = (rel: 'task' | 'b') =>
    words === null
      ? sql`true`
      : sql`${sql.raw(rel)}.id in (select row_id from sync.words where words @@ to_tsquery('simple', ${words}))`;
  return bound<Mentionable>(
    db,
    sql`
      (select 'task' as kind, id, title, status, '' as note from task
        where workspace_id = ${workspaceId} and ${found('task')}
        order by updated_at desc limit ${limit})
      union all
      (select 'booking', b.id, b.title, b.status, r.name || ', ' || to_char(lower(b.during), 'DD Mon')
         from booking b join resource r on r.id = b.resource_id
        where b.workspace_id = ${workspaceId} and b.status <> 'cancelled' and ${found('b')}
        order by abs(extract(epoch from lower(b.during) - now())) limit ${limit})`,
  );
}

export type { PageRow };
