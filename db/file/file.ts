// Files of a workspace: where they are, how large they may be, and which are shown as pictures.

/** Bytes of one file. */
export const FILE_BYTES = 10_000_000;

/** What browsers draw without running anything; the rest is only handed out to be saved. */
export const pictureTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
]);

/** @returns the address of a file's bytes, on the server and in the device's own store. */
export function filePath(workspaceId: string, hash: string): string {
  return `/api/files/${workspaceId}/${hash}`;
}
