// Packs and unpacks zip archives beside the page's own thread. A worker of our own, because the policy of the page
// allows none that is made of text, as fflate's are.
import { zipSync } from 'fflate';
import type { ArchiveAnswer, ArchiveRequest } from './archive-messages';
import { ArchiveError, readArchive } from './zip-read';

const worker = self as unknown as DedicatedWorkerGlobalScope;

function answer(request: ArchiveRequest): ArchiveAnswer {
  if (request.kind === 'unpack') return { files: readArchive(request.bytes) };
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
  } catch (error) {
    const failed =
      data.kind === 'unpack' ? 'This archive could not be read.' : 'The archive could not be made.';
    const fault = error instanceof ArchiveError ? error.message : failed;
    worker.postMessage({ fault } satisfies ArchiveAnswer);
  }
};
