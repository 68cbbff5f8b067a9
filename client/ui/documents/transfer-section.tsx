// Import and export of pages.
import type { PageTree } from './tree';

export function TransferSection(_: { tree: PageTree | undefined }) {
  return null;
}
