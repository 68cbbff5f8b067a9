// Files that are pasted or dropped into a body.
import { type Editor, Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';

/** Words that were copied come with a picture of themselves from some programs; then the words are meant. */
function hasWords(data: DataTransfer): boolean {
  const html = data.getData('text/html');
  return html !== '' && new DOMParser().parseFromString(html, 'text/html').body.textContent.trim() !== '';
}

/** Gives the files of a paste or a drop to onFiles, whatever they are: it says which cannot be put in. */
export const ImageFiles = Extension.create<{
  onFiles: (editor: Editor, files: readonly File[], at: number) => void;
}>({
  name: 'imageFiles',
  // Before what reads pasted text.
  priority: 1_000,
  addOptions: () => ({ onFiles: () => {} }),
  addProseMirrorPlugins() {
    const take = (data: DataTransfer | null, at: number): boolean => {
      const files = [...(data?.files ?? [])];
      if (!data || files.length === 0 || !this.editor.isEditable || hasWords(data)) return false;
      this.options.onFiles(this.editor, files, at);
      return true;
    };
    return [
      new Plugin({
        key: new PluginKey('image-files'),
        props: {
          handlePaste: (view, event) => take(event.clipboardData, view.state.selection.from),
          handleDrop: (view, event, _slice, isMoved) => {
            if (isMoved) return false;
            const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos;
            const isTaken = take(event.dataTransfer, at ?? view.state.selection.from);
            if (isTaken) event.preventDefault();
            return isTaken;
          },
        },
      }),
    ];
  },
});
