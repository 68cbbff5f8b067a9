// What the page and the thread that packs and unpacks archives say to each other.
import type { UnpackedFile } from './zip-read';

export interface ArchiveFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** It does not get smaller by compression. */
  readonly packed?: boolean;
}

export type ArchiveRequest =
  | { readonly kind: 'pack'; readonly files: readonly ArchiveFile[] }
  | { readonly kind: 'unpack'; readonly bytes: Uint8Array };

export type Unpacked = { readonly files: readonly UnpackedFile[] } | { readonly fault: string };

export type ArchiveAnswer = { readonly bytes: Uint8Array<ArrayBuffer> } | Unpacked;
