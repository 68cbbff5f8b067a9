// Images in a body: shown from this device, else fetched and kept; and images that are pasted or dropped.
import { type Editor, Extension } from '@tiptap/core';
import { Image } from '@tiptap/extension-image';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { pictureTypes } from '../../../db/document/files';
import { fileBytes } from '../../store/files';
import type { Store } from '../../store/store';
import { fileHash } from './file-address';

export function liveImage(store: Store, workspaceId: string) {
  return Image.extend({
    addNodeView() {
      return ({ node }) => {
        const dom = document.createElement('span');
        dom.className = 'image-around';
        const src = String(node.attrs.src ?? '');
        const alt = String(node.attrs.alt ?? '');
        const hash = fileHash(src);
        let url: string | null = null;
        let gone = false;
        const say = (words: string) => {
          dom.dataset.state = 'missing';
          dom.textContent = `${alt || 'Image'}: ${words}`;
        };
        const show = (blob: Blob | null) => {
          if (gone) return;
          if (!blob || !pictureTypes.has(blob.type)) {
            return say(blob ? 'this is no picture' : 'not on this device yet');
          }
          url = URL.createObjectURL(blob);
          const image = document.createElement('img');
          image.alt = alt;
          image.src = url;
          dom.replaceChildren(image);
          delete dom.dataset.state;
        };
        const load = () => void fileBytes(store, workspaceId, hash ?? '').then(show, () => show(null));
        if (hash) {
          dom.dataset.state = 'loading';
          load();
          window.addEventListener('online', load);
        } else {
          // Pictures of other sites are not fetched: that would tell them who reads.
          say(src);
        }
        return {
          dom,
          destroy: () => {
            gone = true;
            window.removeEventListener('online', load);
            if (url) URL.revokeObjectURL(url);
          },
        };
      };
    },
  }).configure({ inline: true, allowBase64: false });
}

const pictures = (data: DataTransfer | null): File[] =>
  [...(data?.files ?? [])].filter((file) => pictureTypes.has(file.type));

export const ImageFiles = Extension.create<{
  onFiles: (editor: Editor, files: readonly File[], at: number) => void;
}>({
  name: 'imageFiles',
  addOptions: () => ({ onFiles: () => {} }),
  addProseMirrorPlugins() {
    const take = (data: DataTransfer | null, at: number): boolean => {
      const files = pictures(data);
      if (files.length === 0 || !this.editor.isEditable) return false;
      this.options.onFiles(this.editor, files, at);
      return true;
    };
    return [
      new Plugin({
        key: new PluginKey('image-files'),
        props: {
          handlePaste: (view, event) => take(event.clipboardData, view.state.selection.from),
          handleDrop: (view, event) => {
            const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos;
            const taken = take(event.dataTransfer, at ?? view.state.selection.from);
            if (taken) event.preventDefault();
            return taken;
          },
        },
      }),
    ];
  },
});
