// Putting images into a page: kept on this device at once, sent when there is a network.
import type { Editor } from '@tiptap/core';
import { useCallback, useEffect } from 'react';
import { toast } from 'sonner';
import { pictureTypes } from '../../../db/document/files';
import { keepFile, sendFiles } from '../../store/files';
import { StoreError } from '../../store/store';
import { useStore } from '../store-context';
import { useWorkspace } from '../workspace';
import { fileAddress } from './file-address';

export function useImages(workspaceId: string) {
  const store = useStore();
  const insert = useCallback(
    (editor: Editor, files: readonly File[], at: number) => {
      const keep = async () => {
        for (const file of files) {
          const { hash } = await keepFile(store, workspaceId, file);
          if (editor.isDestroyed) return;
          const alt = file.name.replace(/\.\w+$/, '');
          const place = Math.min(at, editor.state.doc.content.size);
          const image = { type: 'image', attrs: { src: fileAddress(hash), alt } };
          editor.chain().focus().insertContentAt(place, image).run();
        }
        await sendFiles(store, workspaceId).catch(() => 0);
      };
      keep().catch((error: unknown) =>
        toast.error(
          error instanceof StoreError ? error.message : 'The image could not be kept on this device.',
        ),
      );
    },
    [store, workspaceId],
  );
  const ask = useCallback(
    (editor: Editor) => {
      const input = document.createElement('input');
      input.type = 'file';
      input.accept = [...pictureTypes].join();
      input.multiple = true;
      input.onchange = () => insert(editor, [...(input.files ?? [])], editor.state.selection.from);
      input.click();
    },
    [insert],
  );
  return { insert, ask };
}

/** Sends what the server lacks when the app opens and when the network comes back. */
export function useFileSender(): void {
  const store = useStore();
  const { id, readOnly } = useWorkspace();
  useEffect(() => {
    if (readOnly !== null) return;
    // Without a network it is tried again with the next event.
    const send = () => void sendFiles(store, id).catch(() => {});
    send();
    window.addEventListener('online', send);
    return () => window.removeEventListener('online', send);
  }, [store, id, readOnly]);
}
