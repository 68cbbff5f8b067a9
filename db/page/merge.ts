// Merging many updates of one document.
import * as Y from 'yjs';

/** Yjs merges in the square of the number of updates; groups of this many keep it near a straight line. */
const GROUP = 50;

/** @returns one update that holds what all of them hold, whatever their order. @throws what Yjs throws on damaged ones */
export function mergeAll(updates: readonly Uint8Array[]): Uint8Array {
  let left = updates;
  while (left.length > GROUP) {
    const merged: Uint8Array[] = [];
    for (let i = 0; i < left.length; i += GROUP) merged.push(Y.mergeUpdates(left.slice(i, i + GROUP)));
    left = merged;
  }
  return left.length === 1 ? left[0]! : Y.mergeUpdates([...left]);
}
