// Packs and unpacks zip archives beside the page's own thread. A worker of our own, because the policy of the page
// allows none that is made of text, as fflate's are.
import { unzipSync, zipSync } from 'fflate';
import type { ArchiveAnswer, ArchiveRequest, Unpacked } from './archive';
import { ARCHIVE_BYTES, isMarkdown, pictureType } from './source-kinds';

const worker = self as unknown as DedicatedWorkerGlobalScope;

function unpack(bytes: Uint8Array): Unpacked {
  const names: string[] = [];
  let total = 0;
  const files = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      if (name.endsWith('/')) return false;
      names.push(name);
      if (!isMarkdown(name) && pictureType(name, originalSize) === undefined) return false;
      total += originalSize;
      return total <= ARCHIVE_BYTES;
    },
  });
  if (total > ARCHIVE_BYTES) return { fault: 'This archive is too large.' };
  return { names, files: files as Record<string, Uint8Array<ArrayBuffer>> };
}

function answer(request: ArchiveRequest): ArchiveAnswer {
  if (request.kind === 'unpack') return unpack(request.bytes);
  const files = request.files.map(
    ({ path, bytes, packed }) => [path, [bytes, { level: packed ? 0 : 6 }]] as const,
  );
  return {
    bytes: zipSync(Object.fromEntries(files) as Parameters<typeof zipSync>[0]) as Uint8Array<ArrayBuffer>,
  };
}

worker.onmessage = ({ data }: MessageEvent<ArchiveRequest>) => {
  try {
    worker.postMessage(answer(data));
  } catch {
    const fault =
      data.kind === 'unpack' ? 'This archive could not be read.' : 'The archive could not be made.';
    worker.postMessage({ fault } satisfies ArchiveAnswer);
  }
};
