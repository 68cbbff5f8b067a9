// The checklist item that has the caret.
import type { Editor } from '@tiptap/core';

/** The text of the checklist item that has the caret, where its paragraph begins and ends; null: in none. */
export function checklistItem(editor: Editor): { text: string; from: number; to: number } | null {
  const { $from } = editor.state.selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    if ($from.node(depth).type.name !== 'taskItem') continue;
    const paragraph = $from.node(depth).firstChild;
    if (!paragraph) return null;
    const from = $from.start(depth) + 1;
    return { text: paragraph.textContent.trim(), from, to: from + paragraph.content.size };
  }
  return null;
}
