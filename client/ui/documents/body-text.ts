// Bodies of Yjs documents and of stored states as ProseMirror reads them, and as blocks of text to compare.
import { yXmlFragmentToProseMirrorRootNode } from '@tiptap/y-tiptap';
import * as Y from 'yjs';
import { BODY_FIELD } from '../../../db/document/body';
import { bodySchema } from './extensions';

/** The body of a stored state, as the editor's schema reads it. */
export function bodyOfState(state: Uint8Array) {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, state);
    return bodyOf(doc);
  } finally {
    doc.destroy();
  }
}

export function bodyOf(doc: Y.Doc) {
  return yXmlFragmentToProseMirrorRootNode(doc.getXmlFragment(BODY_FIELD), bodySchema());
}

/** A block of text with what it is; what versions are compared by. */
export interface TextBlock {
  readonly kind: string;
  readonly text: string;
}

/** The blocks of a body from top to bottom; an image or a mention counts as its name. */
export function textBlocks(body: ReturnType<typeof bodyOf>): TextBlock[] {
  const blocks: TextBlock[] = [];
  body.descendants((node, _at, parent) => {
    if (!node.isTextblock) return true;
    const item = parent?.type.name;
    const kind =
      item === 'taskItem'
        ? parent?.attrs.checked
          ? 'checked'
          : 'unchecked'
        : item === 'listItem'
          ? 'listItem'
          : node.type.name === 'heading'
            ? `heading${node.attrs.level}`
            : node.type.name;
    const text = node.textBetween(0, node.content.size, '\n', (leaf) =>
      leaf.type.name === 'hardBreak' ? '\n' : String(leaf.attrs.label ?? leaf.attrs.alt ?? ''),
    );
    blocks.push({ kind, text });
    return false;
  });
  return blocks;
}
