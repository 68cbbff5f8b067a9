// The schema of page bodies: which blocks and marks there are. The editor, import, export and the comparison of
// versions all read it, so that a body means the same everywhere.
import { type Extensions, getSchema } from '@tiptap/core';
import { Code } from '@tiptap/extension-code';
import { Image } from '@tiptap/extension-image';
import { TaskItem, TaskList } from '@tiptap/extension-list';
import { TableKit } from '@tiptap/extension-table';
import { StarterKit } from '@tiptap/starter-kit';
import { Mention } from './mention-node';

/** Addresses that a link may have: those of the web, mail, and pages of this workspace. */
export function allowedLink(href: string): boolean {
  return /^(https?:|mailto:|tel:)/i.test(href) || /^(\/w\/|#)/.test(href);
}

/** What a body is made of; the editor adds how it is worked on. */
export function bodyExtensions(): Extensions {
  return [
    StarterKit.configure({
      // Undo is Yjs's: one's own edits only.
      undoRedo: false,
      // It would write to every page that is opened.
      trailingNode: false,
      underline: false,
      code: false,
      heading: { levels: [1, 2, 3, 4] },
      link: {
        openOnClick: false,
        autolink: true,
        defaultProtocol: 'https',
        isAllowedUri: (href) => allowedLink(href),
        HTMLAttributes: { rel: 'noreferrer noopener', target: null },
      },
      dropcursor: { color: 'var(--accent)', width: 2 },
    }),
    // A link can be code, too.
    Code.extend({ excludes: '' }),
    TaskList,
    TaskItem.configure({
      nested: true,
      a11y: { checkboxLabel: (node) => node.firstChild?.textContent || 'Item without text' },
    }),
    TableKit.configure({ table: { resizable: false } }),
    Image.configure({ inline: true, allowBase64: false }),
    Mention,
  ];
}

export const bodySchema = () => getSchema(bodyExtensions());
