// The words of a body, for search: each block a line. The same on the device and on the server.
import * as Y from 'yjs';
import { type Block, readBlocks } from './blocks';
import { BODY_TEXT } from './body';
import { mergeAll } from './merge';

/** Attributes that are shown as words: what a link to a task or a person is called, what an image is called. */
const wordAttributes = ['label', 'title', 'alt'] as const;

/**
 * @param updates all updates of the document, in any order
 * @returns the text; '' for a document without any
 * @throws what Yjs throws on damaged updates
 */
export function textOfUpdates(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc();
  try {
    if (updates.length > 0) {
      Y.applyUpdate(doc, mergeAll(updates));
    }
    return textOf(doc);
  } finally {
    doc.destroy();
  }
}

/** The words of the text. */
export function textOf(doc: Y.Doc): string {
  return (
    readBlocks(doc.getText(BODY_TEXT))
      .map(lineOf)
      .join('\n')
      .replace(/[^\S\n]+/g, ' ')
      .replace(/ ?\n\s*/g, '\n')
      // Postgres holds neither NUL nor half of a surrogate pair.
      .replace(/\0|\p{Surrogate}/gu, '')
      .trim()
  );
}

function lineOf({ pieces }: Block): string {
  return pieces.map((piece) => ('text' in piece ? piece.text : wordsOf(piece.atom))).join('');
}

function wordsOf(atom: Readonly<Record<string, unknown>>): string {
  const words = wordAttributes.map((name) => atom[name]).filter((word) => typeof word === 'string');
  return words.length > 0 ? ` ${words.join(' ')} ` : '';
}
