// Pasting text that is Markdown makes blocks of it; pasting anything else does what it did.
import { Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { readMarkdown } from '../markdown/markdown-read';

/** Longer texts are pasted as they are. */
const longest = 1_000_000;

/** Whether a text is meant as Markdown: a line that begins a block, or marks within lines. */
export function looksLikeMarkdown(text: string): boolean {
  return (
    /^ {0,3}(#{1,6} \S|[-*+] \S|\d{1,3}[.)] \S|> |```|\|.+\|\s*$|- \[[ x]\])/m.test(text) ||
    /\*\*\S[^*\n]*\*\*|\[[^\]\n]+\]\([^)\s]+\)|`[^`\n]+`/.test(text)
  );
}

export const PasteMarkdown = Extension.create({
  name: 'pasteMarkdown',
  addProseMirrorPlugins() {
    const { editor } = this;
    return [
      new Plugin({
        key: new PluginKey('paste-markdown'),
        props: {
          handlePaste: (_, event) => {
            const data = event.clipboardData;
            const text = data?.getData('text/plain') ?? '';
            // With formatting beside it, that is what is meant; in code, the letters are.
            const meant =
              text.length < longest && !data?.types.includes('text/html') && looksLikeMarkdown(text);
            if (!meant || editor.isActive('codeBlock') || editor.isActive('code')) return false;
            return editor.commands.insertContent(readMarkdown(text).body.content ?? []);
          },
        },
      }),
    ];
  },
});
