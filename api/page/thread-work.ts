// Runs in a thread of ./thread.ts: puts a document together, or checks updates.
import { parentPort } from 'node:worker_threads';
import * as Y from 'yjs';
import { answering } from '../../db/page/bounded';
import { mergeAll } from '../../db/page/merge';
import { textOf, textOfUpdates } from '../../db/page/text';
import { type UpdateFault, updateFault } from '../../db/page/update';

export type Job =
  | {
      readonly kind: 'join';
      readonly updates: readonly Uint8Array[];
      readonly merge: readonly number[] | null;
    }
  | { readonly kind: 'check'; readonly updates: readonly Uint8Array[] };

export interface Joined {
  /** Its words. */
  readonly text: string;
  /** Holds what the chosen updates hold. */
  readonly merged: Uint8Array | null;
}

function work(job: Job): Joined | (UpdateFault | null)[] {
  if (job.kind === 'check') return job.updates.map(updateFault);
  const { updates, merge } = job;
  if (merge === null) return { merged: null, text: textOfUpdates(updates) };
  if (merge.length === updates.length) return joined(updates);
  return { merged: joined(merge.map((i) => updates[i]!)).merged, text: textOfUpdates(updates) };
}

/** All of them become one, without what nobody can see any more; what waits for an update that is not there is kept. */
function joined(updates: readonly Uint8Array[]): Joined {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, mergeAll(updates));
    return { merged: Y.encodeStateAsUpdate(doc), text: textOf(doc) };
  } finally {
    doc.destroy();
  }
}

if (parentPort) {
  const port = parentPort;
  port.on(
    'message',
    answering(work, (answer) => port.postMessage(answer)),
  );
}
