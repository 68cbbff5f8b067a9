// Zip archives: packed and unpacked in a worker.
import type { ArchiveAnswer, ArchiveFile, ArchiveRequest } from './archive-messages';
import type { UnpackedFile } from './zip-read';

/** `message` is a sentence for a person. */
export class ArchiveFault extends Error {
  override readonly name = 'ArchiveFault';
}

/** @throws ArchiveFault */
async function ask(request: ArchiveRequest): Promise<Exclude<ArchiveAnswer, { fault: string }>> {
  const worker = new Worker(new URL('./archive-worker.ts', import.meta.url), {
    type: 'module',
    name: 'archive',
  });
  try {
    const answer = await new Promise<ArchiveAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<ArchiveAnswer>) => resolve(data);
      worker.onerror = () => reject(new ArchiveFault('There is not enough memory for this archive.'));
      worker.postMessage(request);
    });
    if ('fault' in answer) throw new ArchiveFault(answer.fault);
    return answer;
  } finally {
    worker.terminate();
  }
}

/** @throws ArchiveFault */
export async function pack(files: readonly ArchiveFile[]): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await ask({ kind: 'pack', files });
  if (!('bytes' in answer)) throw new ArchiveFault('The archive could not be made.');
  return answer.bytes;
}

/**
 * @returns all files, those of archives within it too, and the contents of those that an import reads
 * @throws ArchiveFault
 */
export async function unpack(bytes: Uint8Array): Promise<readonly UnpackedFile[]> {
  const answer = await ask({ kind: 'unpack', bytes });
  if (!('files' in answer)) throw new ArchiveFault('This archive could not be read.');
  return answer.files;
}
