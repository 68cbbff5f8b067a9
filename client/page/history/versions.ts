// Versions of a body: reading them, and keeping one.
import type { Kysely } from 'kysely';
import * as Y from 'yjs';
import type { DB } from '../../../db/schema';
import { newId } from '../../../db/sync/ids';
import type { Compilable } from '../../sync/store';

type Db = Kysely<DB>;

/** An automatic version is kept when a changed page is left, if the last one of any kind is older than this. */
const AUTOMATIC_AFTER_MS = 30 * 60_000;
/** More than the database takes. */
const maxBytes = 7_900_000;

export interface VersionRow {
  readonly id: string;
  readonly name: string;
  readonly automatic: boolean;
  readonly author: string;
  readonly created_at: string;
}

export function versions(db: Db, documentId: string) {
  return db
    .selectFrom('document_version')
    .select(['id', 'name', 'automatic', 'author', 'created_at'])
    .where('document_id', '=', documentId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc');
}

export function versionState(db: Db, id: string) {
  return db.selectFrom('document_version').select('state').where('id', '=', id);
}

export interface NewVersion {
  readonly workspaceId: string;
  readonly documentId: string;
  readonly name: string;
  readonly automatic: boolean;
  readonly author: { readonly id: string | null; readonly name: string };
}

/** @returns the statement that keeps the document as it is now; none if it is larger than a version can be. */
export function keepVersion(db: Db, doc: Y.Doc, version: NewVersion): Compilable[] {
  const state = Y.encodeStateAsUpdate(doc);
  if (state.byteLength > maxBytes) return [];
  return [
    db.insertInto('document_version').values({
      id: newId(),
      workspace_id: version.workspaceId,
      document_id: version.documentId,
      name: version.name.trim().slice(0, 200),
      automatic: version.automatic,
      state,
      author_id: version.author.id,
      author: version.author.name,
    }),
  ];
}

/** @param last ISO 8601 of the newest version, if there is one */
export const isAutomaticDue = (last: string | undefined, now = Date.now()): boolean =>
  last === undefined || now - Date.parse(last) >= AUTOMATIC_AFTER_MS;
