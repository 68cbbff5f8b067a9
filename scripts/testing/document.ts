// Page bodies in tests: typing into them, reading them, and the bytes of an update that says something.
import * as Y from 'yjs';
import type { DocumentHandle } from '../../client/page/store/document';
import { readBlocks } from '../../db/page/blocks';
import { BODY_TEXT } from '../../db/page/body';

/** The text of a body; its end is the end of its last paragraph. */
export const bodyText = (doc: Y.Doc): Y.Text => doc.getText(BODY_TEXT);

/** Types at the end. */
export function type(handle: DocumentHandle, text: string): void {
  const body = bodyText(handle.doc);
  body.insert(body.length, text);
}

/** Makes a paragraph, behind the empty one that each body begins with. */
export function addParagraph(doc: Y.Doc, text = ''): void {
  const body = bodyText(doc);
  doc.transact(() => {
    body.insertEmbed(body.length, new Y.Map(), {});
    if (text) body.insert(body.length, text, {});
  });
}

/** All text but the first paragraph, without the markup. */
export function textIn(doc: Y.Doc): string {
  return readBlocks(bodyText(doc))
    .slice(1)
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
