// Writes planned pages: the images that they show, then rows of pages and the updates that hold their bodies, a few pages in each local transaction.
import type { JSONContent } from '@tiptap/core';
import type { Kysely } from 'kysely';
import type { DB } from '../../../db/schema';
import { newId } from '../../../db/sync/ids';
import { keepFiles } from '../../file';
import { keysBetween } from '../../kit/position';
import type { Compilable, Store } from '../../sync/store';
import { stateOfBody } from '../body/body-text';
import { bodySchema } from '../body/extensions';
import { createPage } from '../tree/write';
import type { ImportPlan } from './import-plan';

const pagesAtOnce = 20;
const filesAtOnce = 20;

/** The statement that makes a body of a new page. */
export function bodyStatement(
  db: Kysely<DB>,
  page: { readonly workspaceId: string; readonly id: string },
  body: JSONContent,
  schema = bodySchema(),
): Compilable {
  const update = stateOfBody(body, schema);
  return db
    .insertInto('document_update')
    .values({ id: newId(), workspace_id: page.workspaceId, document_id: page.id, update });
}

/**
 * @param into.position of the first page
 * @param onProgress pages written so far
 * @returns ids of the pages, the first one the top of all
 * @throws StoreError; what was written before stays
 */
export async function writePlan(
  store: Store,
  plan: ImportPlan,
  into: { readonly workspaceId: string; readonly position: string; readonly authorId: string | null },
  onProgress: (done: number) => void,
): Promise<void> {
  // The images first: a page that is there shows them.
  for (let from = 0; from < plan.files.length; from += filesAtOnce) {
    await keepFiles(store, into.workspaceId, plan.files.slice(from, from + filesAtOnce));
  }
  const schema = bodySchema();
  const siblings = new Map<string | null, string[]>();
  for (const page of plan.pages)
    siblings.set(page.parentId, [...(siblings.get(page.parentId) ?? []), page.id]);
  const positions = new Map<string, string>();
  for (const [parent, ids] of siblings) {
    const keys = parent === null ? [into.position] : keysBetween(null, null, ids.length);
    for (const [i, id] of ids.entries()) positions.set(id, keys[i] ?? into.position);
  }
  for (let from = 0; from < plan.pages.length; from += pagesAtOnce) {
    const part = plan.pages.slice(from, from + pagesAtOnce);
    const statements = part.flatMap((page) => [
      ...createPage(store.db, {
        id: page.id,
        workspaceId: into.workspaceId,
        parentId: page.parentId,
        title: page.title,
        icon: page.icon,
        position: positions.get(page.id)!,
        authorId: into.authorId,
        source: page.source.slice(0, 1_000),
      }).statements,
      ...(page.body
        ? [bodyStatement(store.db, { workspaceId: into.workspaceId, id: page.id }, page.body, schema)]
        : []),
    ]);
    await store.write(...statements);
    onProgress(from + part.length);
  }
}
