// What light mode reads of pages: their titles, and the words of one, without its form. The words are those that the server
// keeps for search (sync.document_text), which whoever is in the workspace may read as rows of document_update.
import { idShape } from '../sync/light-params';
import type { LightView } from '../sync/light-view';

const page = {
  table: 'page',
  columns: ['id', 'parent_id', 'title', 'icon', 'position', 'updated_at'],
} as const;

export const pageLightViews: readonly LightView[] = [
  {
    name: 'pages',
    params: [],
    parts: {
      pages: {
        ...page,
        where: 'deleted_at is null and not archived',
        order: 'position collate "C", id',
        limit: 5_000,
      },
    },
  },
  {
    name: 'page',
    params: [{ name: 'page', shape: idShape }],
    parts: { pages: { ...page, where: 'id = $3::uuid', order: 'id', limit: 1 } },
    async more(db, { workspaceId, params }) {
      const { rows } = await db.query(
        `select document_id as id, left(body, 400000) as body from sync.document_text
          where workspace_id = $1 and document_id = $2`,
        [workspaceId, params[0]],
      );
      return { words: rows };
    },
  },
];
