// Where the pages of an import stand: a key for each, the path of its file without ending, or of its folder.
import { newId } from '../../../db/sync/ids';
import { bare, folded, folderOf, lastPart, withoutNotionIds } from './file-names';
import type { SourceFile } from './source-file';

export interface Place {
  readonly id: string;
  /** null: a folder without a text of its own. */
  readonly file: SourceFile | null;
}

export const isIndex = (path: string): boolean => /(^|\/)(index|readme)$/i.test(bare(path));

/** All files lie in one folder, as in most archives: that folder is the whole. */
export function withoutCommonFolder(files: readonly SourceFile[]): {
  /** Path of that folder; '' where there is none. */
  common: string;
  files: SourceFile[];
} {
  let common = '';
  let rest = [...files];
  for (;;) {
    const first = rest[0]?.path.split('/')[0];
    if (!first || !rest.every((file) => file.path.startsWith(`${first}/`))) return { common, files: rest };
    common = common ? `${common}/${first}` : first;
    rest = rest.map((file) => ({ ...file, path: file.path.slice(first.length + 1) }));
  }
}

/**
 * @param standing where a file would stand by its name alone: its path, or that which its name means
 * @returns by key; '' is the page above all others, where one is needed
 */
export function placePages(
  markdown: readonly SourceFile[],
  standing: (file: SourceFile) => string = (file) => bare(file.path),
): Map<string, Place> {
  const sorted = [...markdown].sort((a, b) => (a.path < b.path ? -1 : 1));
  // A page and the folder of what is below it may differ by case, or by the digits that Notion adds to one of them.
  const owners = new Map<string, string | null>();
  const exact = new Set(sorted.map(standing));
  for (const path of exact) {
    const plain = folded(withoutNotionIds(path));
    owners.set(plain, owners.has(plain) ? null : path);
  }
  const ownerOf = (folder: string): string => {
    if (folder === '' || exact.has(folder)) return folder;
    const above = ownerOf(folderOf(folder));
    const path = above ? `${above}/${lastPart(folder)}` : lastPart(folder);
    return owners.get(folded(withoutNotionIds(path))) ?? owners.get(folded(withoutNotionIds(folder))) ?? path;
  };

  const places = new Map<string, { id: string; file: SourceFile | null }>([
    ['', { id: newId(), file: null }],
  ]);
  for (const file of sorted) {
    const path = standing(file);
    const folder = ownerOf(folderOf(path));
    const own = folder ? `${folder}/${lastPart(path)}` : lastPart(path);
    const key = isIndex(path) ? folder : own;
    for (let above = key; above; above = folderOf(above)) {
      if (!places.has(above)) places.set(above, { id: newId(), file: null });
    }
    const page = places.get(key)!;
    if (!page.file) {
      page.file = file;
      continue;
    }
    // Two texts for one place, as a folder's own and its index: the second stands below the first.
    let below = own === key ? `${key}/${lastPart(key)}` : own;
    while (places.get(below)?.file) below = `${below}/${lastPart(below)}`;
    places.set(below, { id: places.get(below)?.id ?? newId(), file });
  }
  // One page above all others needs none above it.
  const tops = [...places.keys()].filter((key) => key !== '' && !key.includes('/'));
  if (tops.length === 1 && !places.get('')?.file) places.delete('');
  return places;
}
