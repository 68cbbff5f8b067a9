// Page bodies in tests: typing into them, reading them, and the bytes of an update that says something.
import * as Y from 'yjs';
import type { DocumentHandle } from '../../client/store/document';
import { BODY_FIELD } from '../../db/document/body';

/** The text of the one paragraph that tests type into. */
export function paragraph(doc: Y.Doc): Y.XmlText {
  const body = doc.getXmlFragment(BODY_FIELD);
  for (const element of body.toArray()) {
    if (element instanceof Y.XmlElement && element.get(0) instanceof Y.XmlText) {
      return element.get(0) as Y.XmlText;
    }
  }
  throw new Error('the document has no paragraph');
}

/** Makes the paragraph; one writer does. */
export function addParagraph(doc: Y.Doc, text = ''): void {
  doc.transact(() => {
    const element = new Y.XmlElement('paragraph');
    element.insert(0, [new Y.XmlText(text)]);
    const body = doc.getXmlFragment(BODY_FIELD);
    body.insert(body.length, [element]);
  });
}

/** Types at the end. */
export function type(handle: DocumentHandle, text: string): void {
  const run = paragraph(handle.doc);
  run.insert(run.length, text);
}

/** All text, without the markup. */
export function textIn(doc: Y.Doc): string {
  return doc
    .getXmlFragment(BODY_FIELD)
    .toArray()
    .map((element) => (element instanceof Y.XmlElement ? element.toArray().join('') : ''))
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
