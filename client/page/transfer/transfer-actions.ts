// Pages, or everything of the workspace, as files or a zip; made on this device, with or without a network.

import { sql } from 'kysely';
import { writeCalendar } from '../../../db/calendar';
import { tableNames, tables } from '../../../db/tables';
import { bound } from '../../sync/react/sql';
import type { Store } from '../../sync/store';
import type { PageTree } from '../tree/tree';
import { pack } from './archive';
import type { ArchiveFile } from './archive-messages';
import { addFiles, filePaths, fileRows } from './export-images';
import { type ExportedFile, exportPaths, markdownFiles, readStates } from './export-pages';

const bytes = (text: string) => new TextEncoder().encode(text);

function save(name: string, parts: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Pages, with the images that they show, in an archive; paths of images that could not be had. */
async function pagesArchive(
  store: Store,
  workspaceId: string,
  tree: PageTree,
  paths: ReadonlyMap<string, string>,
): Promise<{ archive: ArchiveFile[]; pages: ExportedFile[]; images: number; missing: string[] }> {
  const images = filePaths(await fileRows(store, workspaceId), 'files/');
  const shown = new Set<string>();
  const pages = markdownFiles(tree, paths, await readStates(store, [...paths.keys()]), (hash) => {
    const path = images.get(hash) ?? null;
    if (path) shown.add(hash);
    return path;
  });
  const archive: ArchiveFile[] = pages.map(({ path, text }) => ({ path, bytes: bytes(text) }));
  const missing = await addFiles(archive, store, workspaceId, images, shown);
  return { archive, pages, images: shown.size, missing };
}

/**
 * One page as a Markdown file; with images or what is below it, as a zip.
 * @returns paths of images that could not be had
 */
export async function exportPage(
  store: Store,
  workspaceId: string,
  tree: PageTree,
  pageId: string,
): Promise<readonly string[]> {
  const paths = exportPaths(tree, pageId);
  const { archive, pages, images, missing } = await pagesArchive(store, workspaceId, tree, paths);
  const [first] = pages;
  if (!first) return [];
  if (pages.length === 1 && images === 0) save(first.path, first.text, 'text/markdown');
  else save(first.path.replace(/\.md$/, '.zip'), await pack(archive), 'application/zip');
  return missing;
}

/** @returns paths of images that could not be had */
export async function exportPages(
  store: Store,
  workspaceId: string,
  tree: PageTree,
): Promise<readonly string[]> {
  const { archive, missing } = await pagesArchive(store, workspaceId, tree, exportPaths(tree, null));
  save('pages.zip', await pack(archive), 'application/zip');
  return missing;
}

const cell = (value: unknown): string => {
  const text =
    value === null || value === undefined
      ? ''
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
};

/** Rows as CSV (RFC 4180), named columns first. */
export function csv(columns: readonly string[], rows: readonly Record<string, unknown>[]): string {
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((line) => `${line.map(cell).join(',')}\r\n`)
    .join('');
}

/** Binary columns: their content is in the Markdown files. */
const notInTables = new Set(['search', 'update', 'state']);

/** @returns the rows of every synced table of the workspace, with all columns that say something, by table */
export async function exportedTables(
  store: Store,
  workspaceId: string,
): Promise<Record<string, Record<string, unknown>[]>> {
  const all: Record<string, Record<string, unknown>[]> = {};
  for (const name of tableNames) {
    // The history of texts is no table to read; the texts are beside it.
    if (name === 'document_update' || name === 'document_version') continue;
    const rows = await store.read(
      bound<Record<string, unknown>>(
        store.db,
        sql`select * from ${sql.table(name)} where ${sql.ref(tables[name].scope)} = ${workspaceId} order by id`,
      ),
    );
    all[name] = rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => !notInTables.has(column))),
    );
  }
  return all;
}

/**
 * Everything of the workspace on this device: Markdown, files, CSV for each table, a calendar, and all rows as JSON.
 * @returns paths of files that could not be had
 */
export async function exportEverything(
  store: Store,
  tree: PageTree,
  workspace: { readonly id: string; readonly name: string },
): Promise<readonly string[]> {
  const { db } = store;
  const files: ArchiveFile[] = [];
  const add = (path: string, text: string) => files.push({ path, bytes: bytes(text) });
  const paths = exportPaths(tree, null);
  const images = filePaths(await fileRows(store, workspace.id), 'files/');
  const fromPages = (hash: string) => (images.has(hash) ? `../${images.get(hash)}` : null);
  const states = await readStates(store, [...paths.keys()]);
  for (const file of markdownFiles(tree, paths, states, fromPages)) {
    add(`pages/${file.path}`, file.text);
  }
  const missing = await addFiles(files, store, workspace.id, images, images.keys());
  if (missing.length > 0) add('files/not-exported.txt', `${missing.join('\n')}\n`);
  const all = await exportedTables(store, workspace.id);
  for (const [name, rows] of Object.entries(all)) {
    add(`tables/${name}.csv`, csv(Object.keys(rows[0] ?? { id: '' }), rows));
  }
  const bookings = await store.read(
    bound<{
      id: string;
      title: string;
      notes: string;
      status: string;
      private: boolean;
      place: string;
      start: number;
      end: number;
      updated: number;
    }>(
      db,
      sql`select b.id, b.title, b.notes, b.status, b.private, r.name as place,
                 (extract(epoch from lower(b.during)) * 1000)::float8 as start,
                 (extract(epoch from upper(b.during)) * 1000)::float8 as "end",
                 (extract(epoch from b.updated_at) * 1000)::float8 as updated
            from booking b join resource r on r.id = b.resource_id
           where b.workspace_id = ${workspace.id} and b.status <> 'cancelled' order by lower(b.during), b.id`,
    ),
  );
  add(
    'bookings.ics',
    writeCalendar(
      workspace.name,
      bookings.map(({ updated, ...booking }) => ({ ...booking, updatedAt: updated })),
    ),
  );
  add('workspace.json', JSON.stringify({ workspace: workspace.name, tables: all }, null, 1));
  const day = new Date().toISOString().slice(0, 10);
  save(`outpost-${day}.zip`, await pack(files), 'application/zip');
  return missing;
}
