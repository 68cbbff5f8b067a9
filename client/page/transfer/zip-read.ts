// What is in a zip archive for an import: names that can be read, the contents of pages and images, archives in it.
import { inflateSync } from 'fflate';
import { readText, TextEncodingError } from '../../../db/kit/text-encoding';
import { guessNames } from './code-pages';
import { tidyPath } from './file-names';
import {
  ARCHIVE_BYTES,
  isHidden,
  isMarkdown,
  isZip,
  opensWithin,
  pictureType,
  placeWithin,
} from './source-kinds';
import { crc32, packedBytes, readDirectory, type ZipEntry } from './zip-directory';

export interface UnpackedFile {
  /** With `/` between its parts. */
  readonly path: string;
  /** null: only the name is known. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** The code page by which the name was read, where the archive does not say it. */
  readonly guessedName?: string;
  /** Why the contents of a page or an archive are not there: a sentence for a person. */
  readonly refused?: string;
}

/** Nothing of the archive is used. `message` is a sentence a person can act on. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';

  constructor(
    readonly kind: 'unreadable' | 'too-large',
    sentence: string,
  ) {
    super(sentence);
  }
}

/** Bytes that may still be unpacked, in the archive and all that are in it. */
interface Budget {
  readonly most: number;
  left: number;
}

const unreadable = 'This archive could not be read. It may be damaged, or no zip archive.';
const tooDeep = 'This archive lies within too many others. Unpack it, and import what is in it.';
/** Archives within the first. */
const deepest = 3;

/**
 * @param most bytes of pages, images and inner archives, all together
 * @throws ArchiveError
 */
export function readArchive(bytes: Uint8Array, most = ARCHIVE_BYTES): UnpackedFile[] {
  return unpacked(bytes, 0, { most, left: most });
}

function unpacked(bytes: Uint8Array, depth: number, budget: Budget): UnpackedFile[] {
  let entries: ZipEntry[];
  try {
    entries = readDirectory(bytes);
  } catch {
    throw new ArchiveError('unreadable', unreadable);
  }
  const contents = new Map<ZipEntry, Uint8Array<ArrayBuffer> | { refused: string }>();
  // Endings, and what says that a file is hidden, are ASCII in every code page.
  const roughly = (entry: ZipEntry) => entry.unicodeName ?? new TextDecoder('latin1').decode(entry.nameBytes);
  const hasPages = entries.some((entry) => isMarkdown(roughly(entry)) && !isHidden(roughly(entry)));
  const readEntry = (entry: ZipEntry) => {
    if (entry.isEncrypted) return { refused: 'This file is locked with a password.' };
    budget.left -= entry.size;
    if (budget.left < 0) {
      const most = `${Math.round(budget.most / 1_000_000)} MB`;
      const sentence = `This archive holds more than ${most} of pages and images. Import it in parts.`;
      throw new ArchiveError('too-large', sentence);
    }
    return contentOf(bytes, entry);
  };
  for (const entry of entries) {
    const name = roughly(entry);
    if (isHidden(name) || (!isMarkdown(name) && pictureType(name, entry.size) === undefined)) continue;
    contents.set(entry, readEntry(entry));
  }
  const names = namesOf(entries, contents.values());
  const files: UnpackedFile[] = [];
  const taken = new Set<string>();
  const add = (file: UnpackedFile) => {
    let { path } = file;
    for (let n = 2; taken.has(path); n++) path = file.path.replace(/(\.\w+)?$/, ` (${n})$1`);
    taken.add(path);
    files.push({ ...file, path });
  };
  for (const [i, entry] of entries.entries()) {
    const { name, guessed } = names[i]!;
    const path = tidyPath(name);
    if (!path || /[/\\]$/.test(name)) continue;
    const named = { path, ...(guessed ? { guessedName: guessed } : {}) };
    if (!isZip(path) || !opensWithin(path, hasPages)) {
      const content = contents.get(entry);
      if (content && 'refused' in content) add({ ...named, bytes: null, refused: content.refused });
      else add({ ...named, bytes: content ?? null });
      continue;
    }
    const content = depth >= deepest ? { refused: tooDeep } : readEntry(entry);
    if ('refused' in content) {
      add({ ...named, bytes: null, refused: content.refused });
      continue;
    }
    try {
      for (const inner of unpacked(content, depth + 1, budget)) {
        add({ ...inner, path: placeWithin(path, entries.length) + inner.path });
      }
    } catch (error) {
      if (!(error instanceof ArchiveError) || error.kind === 'too-large') throw error;
      add({ ...named, bytes: null, refused: error.message });
    }
  }
  return files;
}

function contentOf(bytes: Uint8Array, entry: ZipEntry): Uint8Array<ArrayBuffer> | { refused: string } {
  if (entry.method !== 0 && entry.method !== 8) {
    return {
      refused:
        'This file is packed in a way that is not read here. Unpack the archive, and import the folder.',
    };
  }
  try {
    const packed = packedBytes(bytes, entry);
    // No more than what the archive says is unpacked.
    const content =
      entry.method === 0 ? packed.slice() : inflateSync(packed, { out: new Uint8Array(entry.size) });
    if (content.length === entry.size && crc32(content) === entry.crc)
      return content as Uint8Array<ArrayBuffer>;
  } catch {
    // Said below.
  }
  return { refused: 'This file is damaged in the archive.' };
}

/** In the order of the entries. What is valid as UTF-8 is that; for the rest see code-pages.ts. */
function namesOf(
  entries: readonly ZipEntry[],
  contents: Iterable<Uint8Array | { refused: string }>,
): { name: string; guessed?: string }[] {
  const sure = entries.map(({ unicodeName, isUtf8, nameBytes }) => {
    if (unicodeName !== null) return unicodeName;
    return isUtf8 || nameBytes.every((byte) => byte < 0x80) ? utf8(nameBytes) : null;
  });
  const open = entries.filter((_, i) => sure[i] === null);
  const used = lettersOf(contents);
  const bytesOf = (list: readonly ZipEntry[]) => list.map(({ nameBytes }) => nameBytes);
  /** Whether the texts beside them use the letters of names. */
  const share = (names: readonly string[]) => {
    const letters =
      names
        .join('')
        .normalize('NFC')
        .toLowerCase()
        .match(/[^\p{ASCII}]/gu) ?? [];
    return letters.filter((letter) => used.has(letter)).length / Math.max(letters.length, 1);
  };
  // By chance the bytes of a short name can be UTF-8, too: seldom those of most, and not what the texts say.
  const valid = open.filter(({ nameBytes }) => utf8(nameBytes) !== null);
  const isUtf8 =
    valid.length > (open.length - valid.length) * 3 &&
    (share(bytesOf(valid).map((bytes) => utf8(bytes) ?? '')) > 0 ||
      share(guessNames(bytesOf(valid), used).map(({ name }) => name)) < 0.5);
  const known = new Set(isUtf8 ? valid : []);
  const left = open.filter((entry) => !known.has(entry));
  const unknown = new Map(left.map((entry, i) => [entry, i]));
  const guessed = guessNames(bytesOf(left), used);
  return entries.map((entry, i) => {
    const guess = guessed[unknown.get(entry) ?? -1];
    return guess
      ? { name: guess.name, guessed: guess.page }
      : { name: sure[i] ?? utf8(entry.nameBytes) ?? '' };
  });
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Letters beyond ASCII that the texts of an archive use. */
function lettersOf(contents: Iterable<Uint8Array | { refused: string }>): Set<string> {
  const letters = new Set<string>();
  let left = 2_000_000;
  for (const content of contents) {
    if ('refused' in content || left <= 0) continue;
    const bytes = content.subarray(0, left);
    left -= bytes.length;
    // Images are no text.
    if (bytes.subarray(0, 200).includes(0)) continue;
    try {
      for (const [letter] of readText(bytes)
        .text.normalize('NFC')
        .toLowerCase()
        .matchAll(/[^\p{ASCII}]/gu)) {
        letters.add(letter);
      }
    } catch (error) {
      if (!(error instanceof TextEncodingError)) throw error;
    }
  }
  return letters;
}
