// The words of a body, for search: each block a line. The same on the device and on the server.
import * as Y from 'yjs';
import { BODY_FIELD } from './body';
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
    return textOf(doc.getXmlFragment(BODY_FIELD));
  } finally {
    doc.destroy();
  }
}

type Part = string | Y.XmlFragment | Y.XmlElement | Y.XmlText | Y.XmlHook;

/** Walks without recursion, because nothing limits how deep a hostile document is. */
export function textOf(body: Y.XmlFragment): string {
  const pieces: string[] = [];
  const stack: Part[] = [body];
  while (stack.length > 0) {
    const part = stack.pop()!;
    if (typeof part === 'string') pieces.push(part);
    else if (part instanceof Y.XmlText) pieces.push(textOfRun(part));
    else if (part instanceof Y.XmlFragment) {
      if (part instanceof Y.XmlElement) pieces.push(wordsOf(part));
      const children = part.toArray() as Part[];
      // Elements beside text are part of its line.
      const isLine = children.some((child) => child instanceof Y.XmlText);
      for (const child of children.reverse()) {
        if (!isLine) stack.push('\n');
        stack.push(child);
      }
    }
  }
  return (
    pieces
      .join('')
      .replace(/[^\S\n]+/g, ' ')
      .replace(/ ?\n\s*/g, '\n')
      // Postgres holds neither NUL nor half of a surrogate pair.
      .replace(/\0|\p{Surrogate}/gu, '')
      .trim()
  );
}

function textOfRun(run: Y.XmlText): string {
  return (run.toDelta() as { insert: unknown }[])
    .map(({ insert }) => (typeof insert === 'string' ? insert : ' '))
    .join('');
}

function wordsOf(element: Y.XmlElement): string {
  if (element.nodeName === 'hardBreak') return '\n';
  const words = wordAttributes.map((name) => element.getAttribute(name)).filter((w) => typeof w === 'string');
  return words.length > 0 ? ` ${words.join(' ')} ` : '';
}
