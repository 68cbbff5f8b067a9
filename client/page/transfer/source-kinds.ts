// Which files of an import are read, by their names and sizes.
import { FILE_BYTES } from '../../../db/file';
import { folderOf, lastPart } from './file-names';

/** By how its name ends: what a page can show. */
const pictures: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
};

export const isMarkdown = (path: string): boolean => /\.(md|markdown)$/i.test(path);

/** Files that systems and programs keep for themselves. */
export const isHidden = (path: string): boolean => /(^|[/\\])(\.|__MACOSX)/.test(path);

export const isZip = (path: string): boolean => /\.zip$/i.test(path);

/**
 * Whether an archive that lies beside other files is part of what was exported: Notion packs its parts again. Beside
 * pages, others are attachments.
 */
export const opensWithin = (path: string, hasPages: boolean): boolean =>
  !isHidden(path) && (!hasPages || /part[-_ ]?\d+\.zip$/i.test(path));

/** @returns the type of an image that a page can show; undefined for other files */
export function pictureType(path: string, size: number): string | undefined {
  if (size === 0 || size > FILE_BYTES) return undefined;
  return pictures[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
}

/** More than this in an archive is no folder of pages, bytes. */
export const ARCHIVE_BYTES = 300_000_000;

/** Parts of one export, and an archive that holds nothing but another, are one whole; others have a folder each. */
export function placeWithin(path: string, siblings: number): string {
  const folder = folderOf(path);
  const isPart = siblings === 1 || /part[-_ ]?\d+\.zip$/i.test(path);
  return [folder, ...(isPart ? [] : [lastPart(path).replace(/\.zip$/i, '')])]
    .map((part) => part && `${part}/`)
    .join('');
}
