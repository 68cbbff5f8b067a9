// How a body names a file of the workspace: by the hash of its contents.
const address = /^outpost:file\/([0-9a-f]{64})$/;

export const fileAddress = (hash: string): string => `outpost:file/${hash}`;

/** @returns the hash, or null for an address of another kind */
export const fileHash = (src: string): string | null => address.exec(src)?.[1] ?? null;
