// The features that have a say when rows are written, in one order for this process and for the thread of large writes.
import type { DocumentKeeper } from '../page/keeper';
import { documentWrites } from '../page/writes';
import type { WriteFeature } from '../sync/write-feature';

/** @param documents is told of documents that were written to; absent in the thread */
export function writeFeatures(documents?: DocumentKeeper): WriteFeature[] {
  return [documentWrites(documents)];
}
