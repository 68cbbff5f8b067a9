// @vitest-environment happy-dom
// Bodies of before: every one is carried over as it was, once, and what an older program still writes comes after.
import { prosemirrorJSONToYDoc, yXmlFragmentToProseMirrorRootNode } from '@tiptap/y-tiptap';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { BODY_TEXT, OLD_BODY } from '../../../db/document/body';
import { carryOver } from '../../../db/document/carry';
import { textOf } from '../../../db/document/text';
import { anyBody } from '../../../scripts/testing/bodies';
import { bodyOf, bodyOfState } from './body-text';
import { bodySchema } from './extensions';

const schema = bodySchema();
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

function oldDoc(...lines: string[]): Y.Doc {
  const content = lines.map((text) => ({ type: 'paragraph', content: text ? [{ type: 'text', text }] : [] }));
  return prosemirrorJSONToYDoc(schema, { type: 'doc', content }, OLD_BODY);
}

function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

function meet(...docs: readonly Y.Doc[]): void {
  for (let round = 0; round < 3; round++) {
    for (const to of docs) for (const from of docs) Y.applyUpdate(to, Y.encodeStateAsUpdate(from));
    for (const doc of docs) carryOver(doc, null);
  }
}

const typeOld = (doc: Y.Doc, line: number, text: string) => {
  const run = (doc.getXmlFragment(OLD_BODY).get(line) as Y.XmlElement).get(0) as Y.XmlText;
  run.insert(run.length, text);
};
const lines = (doc: Y.Doc) => bodyOf(doc).children.map((block) => block.textContent);

test('D1: a body of before is carried over as it was', () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      const doc = prosemirrorJSONToYDoc(schema, body.toJSON(), OLD_BODY);
      const words = textOf(doc);
      const was = yXmlFragmentToProseMirrorRootNode(doc.getXmlFragment(OLD_BODY), schema).toJSON();
      expect(bodyOfState(Y.encodeStateAsUpdate(doc)).toJSON()).toEqual(was);
      carryOver(doc, null);
      expect(textOf(doc)).toBe(words);
      expect(carryOver(doc, null)).toBe(false);
    }),
    { seed, numRuns: 120 },
  );
});

test('D1: devices that carry the same body over have it once', () => {
  const first = oldDoc('one', 'two');
  const second = copyOf(first);
  carryOver(first, null);
  carryOver(second, null);
  first.getText(BODY_TEXT).insert(3, '!');
  second.getText(BODY_TEXT).insert(0, '>');
  meet(first, second);
  expect(lines(first)).toEqual(['>one!', 'two']);
  expect(lines(second)).toEqual(lines(first));
});

test('D1: what an older program writes afterwards is carried over, too, and found', () => {
  const first = oldDoc('one', 'two');
  const older = copyOf(first);
  carryOver(first, null);
  typeOld(older, 0, ' more');
  Y.applyUpdate(first, Y.encodeStateAsUpdate(older));
  expect(textOf(first)).toContain('more');
  const second = copyOf(first);
  meet(first, second);
  expect(lines(first)).toEqual(['one', 'two', ' more']);
  typeOld(older, 1, ' again');
  meet(older, first, second);
  expect(lines(first)).toEqual(['one', 'two', ' more', ' again']);
  expect(lines(second)).toEqual(lines(first));
  expect(lines(older)).toEqual(lines(first));
});

test('D1: devices that had not the same when they carried a body over have each word once', () => {
  const first = oldDoc('one', 'two');
  const second = copyOf(first);
  const third = copyOf(first);
  typeOld(first, 0, ' first');
  typeOld(second, 1, ' second');
  for (const doc of [first, second, third]) carryOver(doc, null);
  second.getText(BODY_TEXT).insert(0, 'since ');
  meet(first, second);
  meet(first, second, third);
  const words = lines(first).join(' ').split(/\s+/).filter(Boolean).sort();
  expect(words).toEqual(['first', 'one', 'second', 'since', 'two']);
  for (const doc of [second, third]) expect(lines(doc)).toEqual(lines(first));
});
