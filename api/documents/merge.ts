// Merges updates of one document into one that holds the same.
import * as Y from 'yjs';
import { mergeAll } from '../../db/document/merge';

/**
 * @returns the state of the document after all updates, without what nobody can see any more; what waits for an
 *   update that is not there yet is kept as it is.
 */
export async function mergedUpdate(updates: readonly Uint8Array[]): Promise<Uint8Array> {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, mergeAll(updates));
    return Y.encodeStateAsUpdate(doc);
  } finally {
    doc.destroy();
  }
}
