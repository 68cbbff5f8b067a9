// What a person chose to import, read: the texts of Markdown files, and the images beside them with their hashes.
import { readText, TextEncodingError } from '../../../db/kit/text-encoding';
import { hashOf } from '../../file';
import { unpack } from './archive';
import type { SourceFile } from './source-file';
import { isMarkdown, isZip, opensWithin, pictureType, placeWithin } from './source-kinds';

/** The files of what was chosen: a folder, files, archives. @throws Error with a sentence for a person */
export async function chosenFiles(files: readonly File[]): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  const hasPages = files.some(({ name }) => isMarkdown(name));
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    // What was chosen by itself is opened; within a folder an archive may be an attachment.
    const opens = isZip(path) && (!file.webkitRelativePath || opensWithin(path, hasPages));
    if (!opens) sources.push(await source(path, file));
    else sources.push(...(await unpacked(file, path, files.length)));
  }
  return sources;
}

/** @param blob null: only its name is known */
async function source(path: string, blob: Blob | null): Promise<SourceFile> {
  if (!blob) return { path, text: null };
  if (isMarkdown(path)) return markdown(path, new Uint8Array(await blob.arrayBuffer()));
  const type = pictureType(path, blob.size);
  if (!type) return { path, text: null };
  const file = new File([blob], path.slice(path.lastIndexOf('/') + 1), { type });
  return { path, text: null, image: { hash: await hashOf(file), file } };
}

function markdown(path: string, bytes: Uint8Array): SourceFile {
  try {
    const { text, encoding, guessed } = readText(bytes);
    return { path, text, ...(guessed ? { guessed: encoding } : {}) };
  } catch (error) {
    if (error instanceof TextEncodingError) return { path, text: null, refused: error.message };
    throw error;
  }
}

async function unpacked(archive: File, path: string, siblings: number): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  for (const file of await unpack(new Uint8Array(await archive.arrayBuffer()))) {
    const { bytes, guessedName, refused } = file;
    const at = placeWithin(path, siblings) + file.path;
    const read = refused ? { path: at, text: null, refused } : await source(at, bytes && new Blob([bytes]));
    sources.push({ ...read, ...(guessedName ? { guessedName } : {}) });
  }
  return sources;
}
