// Files in and out: a folder or a zip of Markdown as pages; pages, or everything of the workspace, as a zip. All of it
// on this device, with or without a network.

import { type Unzipped, unzip, type Zippable, zip } from 'fflate';
import { sql } from 'kysely';
import { writeCalendar } from '../../../db/calendar/write';
import { tableNames, tables } from '../../../db/tables';
import type { Store } from '../../store/store';
import { bound } from '../query/tasks';
import { exportPaths, markdownFiles, readStates } from './export-pages';
import type { SourceFile } from './import-plan';
import type { PageTree } from './tree';

const bytes = (text: string) => new TextEncoder().encode(text);

function save(name: string, parts: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

const zipped = (files: Zippable) =>
  new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) =>
    zip(files, { level: 6 }, (error, data) =>
      error ? reject(error) : resolve(data as Uint8Array<ArrayBuffer>),
    ),
  );

/** More than this in an archive is no folder of pages. */
const maxBytes = 300_000_000;

/** The files of a chosen folder, or of a chosen archive. @throws Error with a sentence for a person */
export async function chosenFiles(files: readonly File[]): Promise<SourceFile[]> {
  const [only] = files;
  if (files.length === 1 && only && /\.zip$/i.test(only.name)) return unzipped(only);
  return Promise.all(
    files.map(async (file) => ({
      path: file.webkitRelativePath || file.name,
      text: /\.(md|markdown)$/i.test(file.name) ? await file.text() : null,
    })),
  );
}

async function unzipped(file: File): Promise<SourceFile[]> {
  let total = 0;
  const content = await new Promise<Unzipped>((resolve, reject) => {
    file.arrayBuffer().then((buffer) => {
      const filter = (entry: { name: string; originalSize: number }) => {
        total += entry.originalSize;
        return total <= maxBytes && /\.(md|markdown)$/i.test(entry.name);
      };
      const names: Unzipped = {};
      unzip(
        new Uint8Array(buffer),
        {
          filter: (entry) => {
            if (!entry.name.endsWith('/')) names[entry.name] = new Uint8Array();
            return filter(entry);
          },
        },
        (error, data) =>
          error ? reject(new Error('This archive could not be read.')) : resolve({ ...names, ...data }),
      );
    }, reject);
  });
  if (total > maxBytes) throw new Error('This archive is too large.');
  return Object.entries(content).map(([path, data]) => ({
    path,
    text: /\.(md|markdown)$/i.test(path) ? new TextDecoder().decode(data) : null,
  }));
}

/** One page as a Markdown file; with what is below it, as a zip. */
export async function exportPage(store: Store, tree: PageTree, pageId: string): Promise<void> {
  const paths = exportPaths(tree, pageId);
  const files = markdownFiles(tree, paths, await readStates(store, [...paths.keys()]));
  const [first] = files;
  if (!first) return;
  const name = first.path.replace(/\.md$/, '');
  if (files.length === 1) return save(first.path, first.text, 'text/markdown');
  const archive = await zipped(Object.fromEntries(files.map((file) => [file.path, bytes(file.text)])));
  save(`${name}.zip`, archive, 'application/zip');
}

export async function exportPages(store: Store, tree: PageTree): Promise<void> {
  const paths = exportPaths(tree, null);
  const files = markdownFiles(tree, paths, await readStates(store, [...paths.keys()]));
  const archive = await zipped(Object.fromEntries(files.map((file) => [file.path, bytes(file.text)])));
  save('pages.zip', archive, 'application/zip');
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

/** Everything of the workspace on this device: Markdown, CSV for each table, a calendar, and all rows as JSON. */
export async function exportEverything(
  store: Store,
  tree: PageTree,
  workspace: { readonly id: string; readonly name: string },
): Promise<void> {
  const { db } = store;
  const files: Zippable = {};
  const all: Record<string, unknown> = {};
  const paths = exportPaths(tree, null);
  for (const file of markdownFiles(tree, paths, await readStates(store, [...paths.keys()]))) {
    files[`pages/${file.path}`] = bytes(file.text);
  }
  for (const name of tableNames) {
    // The history of texts is no table to read; the texts are beside it.
    if (name === 'document_update' || name === 'document_version') continue;
    const rows = await store.read(
      bound<Record<string, unknown>>(
        db,
        sql`select * from ${sql.table(name)} where ${sql.ref(tables[name].scope)} = ${workspace.id} order by id`,
      ),
    );
    const kept = rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => !notInTables.has(column))),
    );
    all[name] = kept;
    files[`tables/${name}.csv`] = bytes(csv(Object.keys(kept[0] ?? { id: '' }), kept));
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
  files['bookings.ics'] = bytes(
    writeCalendar(
      workspace.name,
      bookings.map(({ updated, ...booking }) => ({ ...booking, updatedAt: updated })),
    ),
  );
  files['workspace.json'] = bytes(JSON.stringify({ workspace: workspace.name, tables: all }, null, 1));
  const day = new Date().toISOString().slice(0, 10);
  save(`outpost-${day}.zip`, await zipped(files), 'application/zip');
}
