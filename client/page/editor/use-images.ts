// Putting images into a page: kept on this device at once; the store sends them when there is a network.
import type { Editor } from '@tiptap/core';
import type { Transaction } from '@tiptap/pm/state';
import { useCallback } from 'react';
import { toast } from 'sonner';
import { FILE_BYTES, pictureTypes } from '../../../db/file';
import { keepFiles } from '../../file';
import { useStore } from '../../sync/react/store-context';
import { type Store, StoreError } from '../../sync/store';
import { fileAddress } from './file-address';

/** @returns why a file cannot be put into a page, as a sentence; null when it can */
export function imageFault(file: Pick<File, 'name' | 'type' | 'size'>): string | null {
  const name = file.name ? `“${file.name}”` : 'The image';
  if (!pictureTypes.has(file.type)) {
    return `${name} was not put in: PNG, JPEG, GIF, WebP and AVIF images can be shown in a page.`;
  }
  if (file.size === 0) return `${name} was not put in: it is empty.`;
  if (file.size > FILE_BYTES) {
    const size = (file.size / 1_000_000).toFixed(1);
    return `${name} was not put in: it has ${size} MB, and an image may have ${FILE_BYTES / 1_000_000} MB.`;
  }
  return null;
}

/** What a clipboard calls every image is no description. */
const altOf = (name: string) => name.replace(/\.\w+$/, '').replace(/^image$/, '');

/**
 * Keeps images as files of a workspace, on this device at once.
 * @returns the address of each, to be put into a body; null for one that cannot be, which a toast says
 */
export async function keepImages(
  store: Store,
  workspaceId: string,
  files: readonly File[],
): Promise<(string | null)[]> {
  const addresses: (string | null)[] = [];
  for (const file of files) {
    const fault = imageFault(file);
    if (fault) toast.error(fault, { duration: 10_000 });
    const [hash] = fault ? [] : await keepFiles(store, workspaceId, [file]).catch(tell);
    addresses.push(hash ? fileAddress(hash) : null);
  }
  return addresses;
}

function tell(error: unknown): [] {
  toast.error(error instanceof StoreError ? error.message : 'The image could not be kept on this device.');
  return [];
}

export function useImages(workspaceId: string) {
  const store = useStore();
  const insert = useCallback(
    (editor: Editor, files: readonly File[], at: number) => {
      // Others may write while the bytes are being kept.
      let place = at;
      const moved = ({ transaction }: { transaction: Transaction }) => {
        place = transaction.mapping.map(place);
      };
      const keep = async () => {
        for (const file of files) {
          const [src] = await keepImages(store, workspaceId, [file]);
          if (editor.isDestroyed) return;
          if (!src) continue;
          const attrs = { src, alt: altOf(file.name) };
          const target = Math.min(place, editor.state.doc.content.size);
          editor.chain().focus().insertContentAt(target, { type: 'image', attrs }).run();
        }
      };
      editor.on('transaction', moved);
      void keep().finally(() => editor.off('transaction', moved));
    },
    [store, workspaceId],
  );
  const ask = useCallback(
    (editor: Editor) => {
      const input = document.createElement('input');
      input.type = 'file';
      input.accept = [...pictureTypes].join();
      input.multiple = true;
      // Some browsers ask only for what is in the page.
      input.hidden = true;
      document.body.append(input);
      input.oncancel = () => input.remove();
      input.onchange = () => {
        insert(editor, [...(input.files ?? [])], editor.state.selection.from);
        input.remove();
      };
      input.click();
    },
    [insert],
  );
  return { insert, ask };
}
