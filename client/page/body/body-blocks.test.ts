// @vitest-environment happy-dom
// Bodies as blocks of a linear text: what the schema admits comes back the same; whatever is in a text, it reads as a
// sound body that shows each character of it.
import type { Node } from '@tiptap/pm/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { appendBlocks, type Block, readBlocks } from '../../../db/page/blocks';
import { BODY_TEXT } from '../../../db/page/body';
import { anyBody as body, anyWords as words } from '../../../scripts/testing/bodies';
import { blocksOf, bodyNode, textLength } from './body-blocks';
import { placeAt, positionOf } from './body-places';
import { bodySchema } from './extensions';

const schema = bodySchema();
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** Neighbours of one set of marks are one node. */
const tidy = (node: Node) => schema.nodeFromJSON(node.toJSON());

function stored(blocks: readonly Block[]): Y.Text {
  const text = new Y.Doc().getText(BODY_TEXT);
  appendBlocks(text, blocks);
  return text;
}

test('D1: whatever the schema admits is kept as a linear text and read back the same', () => {
  fc.assert(
    fc.property(body, (given) => {
      const node = tidy(given);
      const text = stored(blocksOf(node.children));
      const read = bodyNode(readBlocks(text), schema);
      read.check();
      expect(read.toJSON()).toEqual(node.toJSON());
      expect(text.length).toBe(textLength(read) - 1);
    }),
    { seed, numRuns: 150 },
  );
});

test('D1: every place of a text has its position in the editor, and the other way about', () => {
  fc.assert(
    fc.property(body, (given) => {
      const node = tidy(given);
      node.descendants((child, at) => {
        if (!child.isTextblock) return true;
        for (let i = 0; i <= child.content.size; i++) {
          expect(positionOf(node, placeAt(node, at + 1 + i))).toBe(at + 1 + i);
        }
        return false;
      });
    }),
    { seed, numRuns: 150 },
  );
});

const anyBlock: fc.Arbitrary<Block> = fc.record({
  attributes: fc.record(
    {
      kind: fc.constantFrom('heading', 'codeBlock', 'horizontalRule', 'tableRow', 'taskItem', 'doc', 'x', 7),
      path: fc.oneof(
        fc.constant(3),
        fc
          .array(
            fc.constantFrom(
              'blockquote',
              'bulletList listItem',
              'taskList taskItem',
              'table tableRow tableCell',
              'orderedList',
              'listItem',
              'tableRow',
              'table',
              'nothing',
              '',
            ),
            { maxLength: 5 },
          )
          .map((names) => names.join(' ')),
      ),
      join: fc.constantFrom(0, 1, 2, 3, 9, -1, 'x'),
      level: fc.constantFrom(1, 9, 'x'),
      'checked.0': fc.constantFrom(true, 'x'),
      'colspan.0': fc.constantFrom(1, 2, 0, 1e9, 'x'),
      'rowspan.0': fc.constantFrom(1, 3, -1),
      'start.1': fc.constantFrom(5, 'x', 0.5),
    },
    { requiredKeys: [] },
  ),
  pieces: fc.array(
    fc.oneof(
      fc.record({
        text: words,
        marks: fc.constantFrom({}, { bold: true }, { code: true, nothing: 1 }, { link: { href: 1 } }),
      }),
      fc.record({ text: fc.constant('\n'), marks: fc.constant({}) }),
      fc.record({
        atom: fc.constantFrom(
          { atom: 'image', src: 'a' },
          { atom: 'x' },
          { atom: 'paragraph' },
          { atom: 'mention', kind: 3 },
        ),
        marks: fc.constant({}),
      }),
    ),
    { maxLength: 3 },
  ),
});

test('D1: whatever is in a text reads as a sound body with each of its characters', () => {
  fc.assert(
    fc.property(fc.array(anyBlock, { minLength: 1, maxLength: 8 }), (blocks) => {
      const text = stored(blocks);
      const node = bodyNode(readBlocks(text), schema);
      node.check();
      expect(textLength(node) - 1).toBe(text.length);
      const letters = (all: string) => all.replace(/[\n\uFFFC]/g, '');
      expect(letters(node.textBetween(0, node.content.size))).toBe(letters(text.toString()));
      // Read once, it stays as it is.
      const again = bodyNode(readBlocks(stored(blocksOf(node.children))), schema);
      expect(again.toJSON()).toEqual(node.toJSON());
    }),
    { seed, numRuns: 1_000 },
  );
});
