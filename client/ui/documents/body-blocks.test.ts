// @vitest-environment happy-dom
// Bodies as blocks of a linear text: what the schema admits comes back the same; whatever is in a text, it reads as a
// sound body that shows each character of it.
import type { Node } from '@tiptap/pm/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { appendBlocks, type Block, readBlocks } from '../../../db/document/blocks';
import { BODY_TEXT } from '../../../db/document/body';
import { blocksOf, bodyNode, textLength } from './body-blocks';
import { placeAt, positionOf } from './body-places';
import { bodySchema } from './extensions';

const schema = bodySchema();
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

const marks = fc
  .uniqueArray(fc.constantFrom('bold', 'italic', 'strike', 'code', 'link'), { maxLength: 3 })
  .map((names) =>
    names.map((name) => schema.mark(name, name === 'link' ? { href: 'https://a.example/' } : null)),
  )
  .map((list) =>
    list.reduce((set, mark) => mark.addToSet(set), [] as readonly ReturnType<typeof schema.mark>[]),
  );
const words = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', 'ü', '🦭', '*', '|'),
  minLength: 1,
  maxLength: 6,
});
const inline: fc.Arbitrary<Node> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(words, marks).map(([text, set]) => schema.text(text, set)) },
  fc.constant(null).map(() => schema.node('hardBreak')),
  words.map((label) => schema.node('mention', { kind: 'page', id: 'x', label })),
  fc.tuple(words, marks).map(([alt, set]) => schema.node('image', { src: '/a.png', alt }, [], [...set])),
);
const line = fc.array(inline, { maxLength: 4 });
const paragraph = line.map((content) => schema.node('paragraph', null, content));
const { block } = fc.letrec<{ block: Node; blocks: Node[] }>((tie) => ({
  blocks: fc.array(tie('block'), { minLength: 0, maxLength: 3, depthIdentifier: 'b' }),
  block: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'b', withCrossShrink: true },
    paragraph,
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), line)
      .map(([level, content]) => schema.node('heading', { level }, content)),
    fc
      .tuple(fc.constantFrom(null, 'ts'), fc.string({ unit: fc.constantFrom('a', '\n', ' '), maxLength: 5 }))
      .map(([language, text]) => schema.node('codeBlock', { language }, text ? schema.text(text) : [])),
    fc.constant(null).map(() => schema.node('horizontalRule')),
    fc
      .tuple(tie('block'), tie('blocks'))
      .map(([first, rest]) => schema.node('blockquote', null, [first, ...rest])),
    fc
      .tuple(
        fc.constantFrom('bulletList', 'orderedList', 'taskList'),
        fc.array(fc.tuple(paragraph, tie('blocks'), fc.boolean()), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 9 }),
      )
      .map(([name, items, start]) =>
        schema.node(
          name,
          name === 'orderedList' ? { start } : {},
          items.map(([first, rest, checked]) =>
            name === 'taskList'
              ? schema.node('taskItem', { checked }, [first, ...rest])
              : schema.node('listItem', null, [first, ...rest]),
          ),
        ),
      ),
    fc
      .tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.array(tie('block'), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        tie('blocks'),
      )
      .map(([width, rows, rest]) =>
        schema.node(
          'table',
          null,
          rows.map((cells, r) =>
            schema.node(
              'tableRow',
              null,
              cells
                .slice(0, width)
                .map((first, c) =>
                  schema.node(
                    r === 0 ? 'tableHeader' : 'tableCell',
                    null,
                    c === 0 ? [first, ...rest] : [first],
                  ),
                ),
            ),
          ),
        ),
      ),
  ),
}));
const body = fc
  .array(block as fc.Arbitrary<Node>, { minLength: 1, maxLength: 5 })
  .map((nodes) => schema.node('doc', null, nodes));

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
    { seed, numRuns: 1_000 },
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
    { seed, numRuns: 300 },
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
    { seed, numRuns: 3_000 },
  );
});
