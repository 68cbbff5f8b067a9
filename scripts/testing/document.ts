// Page bodies in tests: typing into them, reading them, and the bytes of an update that says something.
import * as Y from 'yjs';
import type { DocumentHandle } from '../../client/store/document';
import { appendBlocks, readBlocks } from '../../db/document/blocks';
import { BODY_TEXT } from '../../db/document/body';

/** The text of a body, which begins with the one paragraph that tests type into. */
export const bodyText = (doc: Y.Doc): Y.Text => doc.getText(BODY_TEXT);

/** Types at the end. */
export function type(handle: DocumentHandle, text: string): void {
  const body = bodyText(handle.doc);
  body.insert(body.length, text);
}

/** Makes a paragraph; the first one is there. */
export function addParagraph(doc: Y.Doc, text = ''): void {
  appendBlocks(bodyText(doc), [{ attributes: {}, pieces: text ? [{ text, marks: {} }] : [] }]);
}

/** All text, without the markup. */
export function textIn(doc: Y.Doc): string {
  return readBlocks(bodyText(doc))
    .map(({ pieces }) => pieces.map((piece) => ('text' in piece ? piece.text : '')).join(''))
    .join('\n');
}

/** One update that makes a paragraph with this text. */
export function updateSaying(text: string): Uint8Array {
  const doc = new Y.Doc();
  addParagraph(doc, text);
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}

/** As it travels in JSON. */
export function postgresText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes).toString('hex')}`;
}
