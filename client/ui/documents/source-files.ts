// What a person chose to import, read: the texts of Markdown files, and the images beside them with their hashes.
import { readText, TextEncodingError } from '../../../db/import/text-encoding';
import { hashOf } from '../../store/files';
import { unpack } from './archive';
import type { SourceFile } from './import-plan';
import { isMarkdown, pictureType } from './source-kinds';

/** The files of a chosen folder, or of a chosen archive. @throws Error with a sentence for a person */
export async function chosenFiles(files: readonly File[]): Promise<SourceFile[]> {
  const [only] = files;
  if (files.length === 1 && only && /\.zip$/i.test(only.name)) return await unpacked(only);
  const sources: SourceFile[] = [];
  for (const file of files) sources.push(await source(file.webkitRelativePath || file.name, file));
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

async function unpacked(file: File): Promise<SourceFile[]> {
  const { names, files } = await unpack(new Uint8Array(await file.arrayBuffer()));
  const sources: SourceFile[] = [];
  for (const name of names) {
    const data = files[name];
    sources.push(await source(name, data ? new Blob([data]) : null));
  }
  return sources;
}
