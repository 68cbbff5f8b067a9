// Bodies of Yjs documents and of stored states as ProseMirror reads them, and as blocks of text to compare.
import type { JSONContent } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { appendBlocks, readBlocks } from '../../../db/page/blocks';
import { BODY_TEXT } from '../../../db/page/body';
import { blocksOf, bodyNode } from './body-blocks';
import { bodySchema } from './extensions';

/** The body of a stored state, as the editor's schema reads it. */
export function bodyOfState(state: Uint8Array): Node {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, state);
    return bodyOf(doc);
  } finally {
    doc.destroy();
  }
}

export function bodyOf(doc: Y.Doc): Node {
  return bodyNode(readBlocks(doc.getText(BODY_TEXT)), bodySchema());
}

/** The state of a new body, as one update. */
export function stateOfBody(body: JSONContent, schema = bodySchema()): Uint8Array {
  const doc = new Y.Doc();
  try {
    appendBlocks(doc.getText(BODY_TEXT), blocksOf(schema.nodeFromJSON(body).children));
    return Y.encodeStateAsUpdate(doc);
  } finally {
    doc.destroy();
  }
}

/** A block of text with what it is; what versions are compared by. */
export interface TextBlock {
  readonly kind: string;
  readonly text: string;
}

/** The blocks of a body from top to bottom; an image or a mention counts as its name. */
export function textBlocks(body: Node): TextBlock[] {
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
