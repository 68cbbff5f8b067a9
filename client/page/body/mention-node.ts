// A mention in a body: a task, a booking, a person or a page, by id. The name at the time of writing is kept beside
// it, for export and for when the row is not there.
import { mergeAttributes, Node } from '@tiptap/core';

export const mentionKinds = ['task', 'page', 'member', 'booking'] as const;
export type MentionKind = (typeof mentionKinds)[number];

export interface MentionAttributes {
  readonly kind: MentionKind;
  readonly id: string;
  readonly label: string;
}

/** How a mention is written where only text can be: in Markdown, as the address of a link. */
export const mentionAddress = (kind: string, id: string) => `outpost:${kind}/${id}`;

const address = /^outpost:(task|page|member|booking)\/([0-9a-f-]{36})$/;

/** @returns what a link's address mentions, or null if it is an ordinary one. */
export function mentioned(href: string): { kind: MentionKind; id: string } | null {
  const [, kind, id] = address.exec(href) ?? [];
  return kind && id ? { kind: kind as MentionKind, id } : null;
}

export const Mention = Node.create({
  name: 'mention',
  group: 'inline',
  inline: true,
  atom: true,
  selectable: true,
  addAttributes() {
    const kept = (name: string, fallback: string) => ({
      default: fallback,
      parseHTML: (element: HTMLElement) => element.getAttribute(`data-${name}`) ?? fallback,
      renderHTML: (attributes: Record<string, unknown>) => ({ [`data-${name}`]: attributes[name] }),
    });
    return { kind: kept('kind', 'task'), id: kept('id', ''), label: kept('label', '') };
  },
  parseHTML() {
    return [{ tag: 'span[data-mention]' }];
  },
  renderHTML({ node, HTMLAttributes }) {
    return ['span', mergeAttributes(HTMLAttributes, { 'data-mention': '' }), String(node.attrs.label)];
  },
  renderText({ node }) {
    return String(node.attrs.label);
  },
  renderMarkdown(node) {
    const { kind, id, label } = (node.attrs ?? {}) as Partial<MentionAttributes>;
    return `[${(label ?? '').replace(/([[\]\\])/g, '\\$1')}](${mentionAddress(kind ?? 'task', id ?? '')})`;
  },
});
