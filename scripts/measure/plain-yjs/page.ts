// The yardstick of documents: an editor on a Yjs document in y-indexeddb, and nothing else: no sync, no other pages.
import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { StarterKit } from '@tiptap/starter-kit';
import { IndexeddbPersistence, storeState } from 'y-indexeddb';
import * as Y from 'yjs';

declare global {
  interface Window {
    /** Fetches the updates and stores them, as if they had been typed here; to be seen after the next opening. */
    loadPlain(): Promise<void>;
  }
}

const doc = new Y.Doc();
const stored = new IndexeddbPersistence('paper', doc);
void stored.whenSynced.then(() => {
  // While the page is filled no editor is in the way.
  if (doc.store.clients.size === 0) return;
  new Editor({
    element: document.querySelector('#editor')!,
    extensions: [StarterKit.configure({ undoRedo: false }), Collaboration.configure({ document: doc })],
  });
});

window.loadPlain = async () => {
  await stored.whenSynced;
  const all = new Uint8Array(await (await fetch('/updates')).arrayBuffer());
  const lengths = new DataView(all.buffer);
  for (let at = 0; at < all.length; ) {
    const length = lengths.getUint32(at);
    Y.applyUpdate(doc, all.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  await storeState(stored, true);
};
