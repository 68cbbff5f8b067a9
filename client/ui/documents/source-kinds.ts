// Which files of an import are read, by their names and sizes.
import { FILE_BYTES } from '../../../db/document/files';

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

/** @returns the type of an image that a page can show; undefined for other files */
export function pictureType(path: string, size: number): string | undefined {
  if (size === 0 || size > FILE_BYTES) return undefined;
  return pictures[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
}

/** More than this in an archive is no folder of pages, bytes. */
export const ARCHIVE_BYTES = 300_000_000;
