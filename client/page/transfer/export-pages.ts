// Pages as Markdown files: one for each, below a page in a folder of its name, links between pages as links between files.
import * as Y from 'yjs';
import type { Store } from '../../sync/store';
import { bodyOfState } from '../body/body-text';
import { mentioned } from '../body/mention-node';
import { fileHash } from '../editor/file-address';
import { FRONT_MATTER, writeFrontMatter } from '../markdown/front-matter';
import { writeMarkdown } from '../markdown/markdown-write';
import { type PageRow, type PageTree, titleOf } from '../tree/tree';

export interface ExportedFile {
  readonly path: string;
  readonly text: string;
}

const pagesAtOnce = 40;

/** A name for files on every system. */
export function fileName(title: string): string {
  const name = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
    // Not half of a character.
    .replace(/\p{Cs}/gu, '')
    .toLowerCase();
  return name || 'untitled';
}

/** Paths of the files without ending, by page; pages in the bin have none. */
export function exportPaths(tree: PageTree, rootId: string | null): Map<string, string> {
  const paths = new Map<string, string>();
  const walk = (pages: readonly PageRow[], folder: string) => {
    const taken = new Set<string>();
    for (const page of pages) {
      if (page.deleted_at !== null) continue;
      let name = fileName(titleOf(page));
      for (let n = 2; taken.has(name); n++) name = `${fileName(titleOf(page))}-${n}`;
      taken.add(name);
      paths.set(page.id, folder + name);
      walk(tree.children(page.id), `${folder}${name}/`);
    }
  };
  const root = rootId === null ? null : tree.byId.get(rootId);
  walk(root ? [root] : tree.children(null), '');
  return paths;
}

/** The way from one file to another. */
function relative(from: string, to: string): string {
  const source = from.split('/').slice(0, -1);
  const target = to.split('/');
  let same = 0;
  while (same < source.length && source[same] === target[same]) same++;
  return [...source.slice(same).map(() => '..'), ...target.slice(same)].join('/');
}

/**
 * @param states a stored state for each page that has a body
 * @param imagePath where the file of an image will be, from where the paths of the pages begin; null: nowhere
 */
export function markdownFiles(
  tree: PageTree,
  paths: ReadonlyMap<string, string>,
  states: ReadonlyMap<string, Uint8Array>,
  imagePath: (hash: string) => string | null = () => null,
): ExportedFile[] {
  return [...paths].map(([id, path]) => {
    const page = tree.byId.get(id)!;
    const state = states.get(id);
    const content = state ? (bodyOfState(state).toJSON().content ?? []) : [];
    const first = content[0];
    const isFront = first?.type === 'codeBlock' && first.attrs?.language === FRONT_MATTER;
    const rest = isFront ? String(first.content?.[0]?.text ?? '') : '';
    const address = (href: string): string => {
      const hash = fileHash(href);
      const image = hash && imagePath(hash);
      if (image) return relative(path, image);
      const [, linked, anchor = ''] = /^\/w\/[^/]+\/d\/([0-9a-f-]{36})(#.*)?$/.exec(href) ?? [];
      const target = mentioned(href);
      const pageId = linked ?? (target?.kind === 'page' ? target.id : undefined);
      const to = pageId && paths.get(pageId);
      return to ? `${relative(path, `${to}.md`)}${anchor}` : href;
    };
    const text = writeMarkdown({ type: 'doc', content: isFront ? content.slice(1) : content }, { address });
    return {
      path: `${path}.md`,
      text: writeFrontMatter({ title: titleOf(page), icon: page.icon }, rest) + text,
    };
  });
}

/** The bodies of pages as one state each, from this device. @throws StoreError */
export async function readStates(store: Store, ids: readonly string[]): Promise<Map<string, Uint8Array>> {
  const states = new Map<string, Uint8Array>();
  for (let from = 0; from < ids.length; from += pagesAtOnce) {
    const part = ids.slice(from, from + pagesAtOnce);
    const rows = await store.read(
      store.db
        .selectFrom('document_update')
        .select(['document_id', 'update'])
        .where('document_id', 'in', part),
    );
    for (const id of part) {
      const updates = rows.filter((row) => row.document_id === id).map((row) => row.update);
      if (updates.length > 0) states.set(id, updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates));
    }
  }
  return states;
}
