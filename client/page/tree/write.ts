// Statements that change pages and favourites. Each function gives the statements of one local transaction.
import type { Kysely, Updateable } from 'kysely';
import type { DB, Page } from '../../../db/schema';
import { derivedId, newId } from '../../../db/sync/ids';
import { keyBetween } from '../../kit/position';
import type { Compilable } from '../../sync/store';
import type { PageRow, PageTree } from './tree';

type Db = Kysely<DB>;

export interface NewPage {
  readonly workspaceId: string;
  readonly parentId: string | null;
  readonly title?: string;
  readonly icon?: string;
  readonly position: string;
  readonly authorId: string | null;
  /** Where it was imported from. */
  readonly source?: string | null;
  readonly id?: string;
}

export function createPage(db: Db, page: NewPage): { id: string; statements: Compilable[] } {
  const id = page.id ?? newId();
  return {
    id,
    statements: [
      db.insertInto('page').values({
        id,
        workspace_id: page.workspaceId,
        parent_id: page.parentId,
        title: page.title ?? '',
        icon: page.icon ?? '',
        position: page.position,
        author_id: page.authorId,
        source: page.source ?? null,
      }),
    ],
  };
}

export type PageChange = Pick<
  Updateable<Page>,
  'title' | 'icon' | 'parent_id' | 'position' | 'archived' | 'deleted_at' | 'deleted_by'
>;

export function changePage(db: Db, id: string, change: PageChange): Compilable[] {
  return [db.updateTable('page').set(change).where('id', '=', id)];
}

/** A place after the last of a page's children. */
export function lastPlace(tree: PageTree, parentId: string | null): string {
  return keyBetween(tree.children(parentId).at(-1)?.position ?? null, null);
}

/** A place beside another page: before it, or after it. */
export function placeBeside(
  tree: PageTree,
  sibling: PageRow,
  side: 'before' | 'after',
  moving: string,
): PageChange {
  const parentId = tree.above(sibling.id).at(-1)?.id ?? null;
  const others = tree.children(parentId).filter((page) => page.id !== moving);
  const at = others.findIndex((page) => page.id === sibling.id) + (side === 'after' ? 1 : 0);
  const position = keyBetween(others[at - 1]?.position ?? null, others[at]?.position ?? null);
  return { parent_id: parentId, position };
}

/** Stars a page for a person, or takes the star away. */
export function setFavourite(
  db: Db,
  favourite: { workspaceId: string; userId: string; pageId: string; on: boolean; position: string },
): Compilable[] {
  const { userId, pageId } = favourite;
  if (!favourite.on) {
    return [db.deleteFrom('page_favourite').where('user_id', '=', userId).where('page_id', '=', pageId)];
  }
  return [
    db
      .insertInto('page_favourite')
      .values({
        id: derivedId(`${userId}:${pageId}`),
        workspace_id: favourite.workspaceId,
        user_id: userId,
        page_id: pageId,
        position: favourite.position,
      })
      .onConflict((conflict) => conflict.doNothing()),
  ];
}
