// @vitest-environment happy-dom
// The real editor on real Yjs, two who write apart: whatever one does to a block, what the other writes in it stays.
import { Editor } from '@tiptap/core';
import { afterEach, expect, test } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { BODY_TEXT } from '../../../db/page/body';
import { editorsOf, list, meet, paragraph, type TestEditor } from '../../../scripts/testing/editors';
import { Carets, Collaboration } from './body-collaboration';
import { bodyExtensions } from './extensions';

const open: TestEditor[] = [];
function two(...content: Parameters<typeof editorsOf>[1]): [TestEditor, TestEditor] {
  const [a, b] = editorsOf(2, content) as [TestEditor, TestEditor];
  open.push(a, b);
  return [a, b];
}
afterEach(() => {
  for (const editor of open.splice(0)) editor.destroy();
});

function expectBoth(a: TestEditor, b: TestEditor, content: unknown): void {
  meet(a, b);
  expect(a.shown().content).toEqual(content);
  expect(b.shown()).toEqual(a.shown());
  expect(a.read()).toEqual(a.shown());
}

const withText = (json: ReturnType<typeof paragraph>, type: string, attrs: object) => ({
  ...json,
  type,
  attrs,
});

test('D1: one makes a heading, the other writes in it', () => {
  const [a, b] = two(paragraph('Hello'));
  a.caret('Hello');
  a.editor.commands.toggleHeading({ level: 2 });
  b.caret('Hello', 'behind');
  b.type(' and more');
  expectBoth(a, b, [withText(paragraph('Hello and more'), 'heading', { level: 2 })]);
});

test('D1: one makes a quote, the other writes in it', () => {
  const [a, b] = two(paragraph('First'), paragraph('Hello'));
  a.caret('Hello');
  a.editor.commands.toggleBlockquote();
  b.caret('Hello', 'behind');
  b.type(' and more');
  expectBoth(a, b, [paragraph('First'), { type: 'blockquote', content: [paragraph('Hello and more')] }]);
});

test('D1: one joins a block to the one before, the other writes at its end', () => {
  const [a, b] = two(paragraph('First'), paragraph('Hello'), paragraph('Last'));
  a.caret('Hello');
  expect(a.key('Backspace')).toBe(true);
  b.caret('Hello', 'behind');
  b.type(' and more');
  expectBoth(a, b, [paragraph('FirstHello and more'), paragraph('Last')]);
});

test('D1: one indents a list item, the other writes in it', () => {
  const [a, b] = two(list('bulletList', 'one', 'two'));
  a.caret('two');
  expect(a.key('Tab')).toBe(true);
  b.caret('two', 'behind');
  b.type(' and more');
  meet(a, b);
  expect(a.shown().content).toEqual([
    {
      type: 'bulletList',
      content: [{ type: 'listItem', content: [paragraph('one'), list('bulletList', 'two and more')] }],
    },
  ]);
  expect(b.shown()).toEqual(a.shown());
});

test('D1: one makes a list of all, the other writes in it', () => {
  const [a, b] = two(paragraph('one'), paragraph('two'));
  a.editor.commands.selectAll();
  a.editor.commands.toggleBulletList();
  b.caret('two', 'behind');
  b.type(' and more');
  expectBoth(a, b, [list('bulletList', 'one', 'two and more')]);
});

test('D1: one makes code of a paragraph, a list a checklist and ticks it, the other writes', () => {
  const [a, b] = two(paragraph('code'), list('bulletList', 'one', 'two'));
  a.caret('code');
  a.editor.commands.toggleCodeBlock();
  a.caret('two');
  a.editor.commands.toggleTaskList();
  a.editor.commands.updateAttributes('taskItem', { checked: true });
  b.caret('code', 'behind');
  b.type('!');
  b.caret('two', 'behind');
  b.type('!');
  meet(a, b);
  expect(a.lines()).toBe('code!\none\ntwo!');
  expect(b.shown()).toEqual(a.shown());
  expect(JSON.stringify(a.shown())).toContain('"checked":true');
});

test('D1: one splits a block, what the other writes stays on its side of the split', () => {
  const [a, b] = two(paragraph('hello world'));
  a.caret('world');
  a.key('Enter');
  b.caret('world', 'behind');
  b.type(' and more');
  b.caret('hello', 'behind');
  b.type(', dear');
  expectBoth(a, b, [paragraph('hello, dear '), paragraph('world and more')]);
});

test('D1: two split a block at once, its end is there once', () => {
  const [a, b] = two(paragraph('one two three'));
  a.caret('two');
  a.key('Enter');
  b.caret('three');
  b.key('Enter');
  expectBoth(a, b, [paragraph('one '), paragraph('two '), paragraph('three')]);
});

test('D1: two who write at one caret, letter by letter and together, keep their runs whole', () => {
  for (const [before, after] of [
    ['some text ', 'here'],
    ['', 'here'],
    ['here', ''],
    ['', ''],
  ] as const) {
    const [a, b] = two(paragraph(before + after));
    for (const each of [a, b]) {
      if (before) each.caret(before, 'behind');
      else each.select(1);
    }
    for (let i = 0; i < 5; i++) {
      a.type('abcde'[i]!);
      b.type('ABCDE'[i]!);
      meet(a, b);
    }
    expect(a.lines()).toMatch(new RegExp(`^${before}(abcdeABCDE|ABCDEabcde)${after}$`));
    expect(b.lines()).toBe(a.lines());
  }
});

test('D1: two split and write at one caret at once, and keep their runs', () => {
  const [a, b] = two(paragraph('some text here'));
  a.caret('here');
  b.caret('here');
  for (let i = 0; i < 4; i++) {
    if (i === 2) a.key('Enter');
    a.type('abcd'[i]!);
    b.type('ABCD'[i]!);
    meet(a, b);
  }
  expect(a.lines()).toMatch(/^some text (ab\ncdABCD|ABCDab\ncd)here$/);
});

test('D1: a caret stays behind its letter while others write before, at and behind it', () => {
  const [a, b] = two(paragraph('some text here'));
  a.caret('he', 'behind');
  b.caret('some');
  b.type('>> ');
  b.caret('re');
  b.type('##');
  b.caret('##re', 'behind');
  b.type(' <<');
  meet(a, b);
  a.type('X');
  meet(a, b);
  expect(b.lines()).toBe('>> some text heX##re <<');
});

test('D1: undo after a remote edit leaves the caret in its place', () => {
  const [a, b] = two(paragraph('some text here'));
  a.caret('he', 'behind');
  a.type('Y');
  b.caret('some');
  b.type('>> ');
  meet(a, b);
  expect(a.lines()).toBe('>> some text heYre');
  expect(a.key('z', { ctrlKey: true })).toBe(true);
  expect(a.lines()).toBe('>> some text here');
  a.type('X');
  expect(a.lines()).toBe('>> some text heXre');
  meet(a, b);
  expect(b.lines()).toBe('>> some text heXre');
});

test('D1: undo and redo put the caret where it was, and take back only what is one’s own', () => {
  const [a, b] = two(paragraph('one'), paragraph('two'));
  a.caret('two');
  a.editor.commands.toggleHeading({ level: 1 });
  a.caret('two', 'behind');
  b.caret('tw', 'behind');
  b.type('mine');
  meet(a, b);
  a.editor.commands.undo();
  expect(a.shown().content).toEqual([paragraph('one'), paragraph('twmineo')]);
  a.editor.commands.redo();
  expect(a.shown().content?.[1]).toEqual(withText(paragraph('twmineo'), 'heading', { level: 1 }));
  a.caret('one', 'behind');
  a.type(' 1');
  a.select(1);
  a.editor.commands.undo();
  a.type('!');
  expect(a.lines()).toBe('one!\ntwmineo');
  meet(a, b);
  expect(b.shown()).toEqual(a.shown());
});

test('D1: text written into what another deletes at the same time stays', () => {
  const [a, b] = two(
    paragraph('one'),
    paragraph('two'),
    list('bulletList', 'three', 'four'),
    paragraph('five'),
  );
  const size = a.editor.state.doc.content.size;
  a.select(3, size - 3);
  a.editor.commands.deleteSelection();
  b.caret('three', 'behind');
  b.type('X');
  b.caret('two');
  b.type('Y');
  meet(a, b);
  expect(a.lines().replace(/\n/g, '')).toBe('onYXve');
  expect(b.shown()).toEqual(a.shown());
});

test('D1: a letter like its neighbour is put in where it was typed', () => {
  const [a, b] = two(paragraph('ab'));
  a.select(2);
  a.type('b');
  a.type('c');
  b.select(2);
  b.type('XYZ');
  meet(a, b);
  expect(a.lines()).toMatch(/^a(bcXYZ|XYZbc)b$/);
});

test('D1: one adds a column and one a row at the same time, the table is whole on both', () => {
  const cell = (text: string) => ({ type: 'tableCell', content: [paragraph(text)] });
  const row = (...texts: string[]) => ({ type: 'tableRow', content: texts.map(cell) });
  const [a, b] = two({ type: 'table', content: [row('a', 'b'), row('c', 'd')] }, paragraph('end'));
  a.caret('a');
  a.editor.commands.addColumnAfter();
  b.caret('d');
  b.editor.commands.addRowAfter();
  b.type('typed');
  meet(a, b);
  expect(a.shown()).toEqual(b.shown());
  const rows = a.shown().content?.[0]?.content ?? [];
  expect(rows.map(({ content }) => content?.length)).toEqual([3, 3, 3]);
  for (const text of ['a', 'b', 'c', 'typedd', 'end']) expect(a.lines().split('\n')).toContain(text);
  // What only fills the row up can be written into like the other cells.
  const filler = a.lines().split('\n').length;
  expect(filler).toBeGreaterThan(6);
  let last = 0;
  a.editor.state.doc.firstChild!.descendants((node, at) => {
    if (node.isTextblock) last = at + 2;
  });
  a.select(last);
  a.type('there');
  meet(a, b);
  expect(b.lines()).toContain('there');
  expect(b.shown()).toEqual(a.shown());
});

/** Moves the caret as the browser does: its event comes in a task of its own. What was changed before is read. */
async function moveInBrowser({ editor }: TestEditor, words: string): Promise<void> {
  await new Promise((done) => setTimeout(done));
  const walker = document.createTreeWalker(editor.view.dom, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const index = walker.currentNode.textContent!.indexOf(words);
    if (index < 0) continue;
    const stop = (event: Event) => event.stopImmediatePropagation();
    window.addEventListener('selectionchange', stop, true);
    document.getSelection()!.collapse(walker.currentNode, index);
    window.removeEventListener('selectionchange', stop, true);
    return;
  }
  throw new Error(`“${words}” is not shown`);
}

test('D1: a key right after the caret was moved acts where the caret is', async () => {
  const [a, b] = two(paragraph('Well Hello'));
  a.editor.view.focus();
  a.caret('Hello', 'behind');
  await moveInBrowser(a, 'Hello');
  a.editor.view.dom.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  expectBoth(a, b, [paragraph('Well '), paragraph('Hello')]);
});

test('D1: what another writes does not put back a caret that was just moved', async () => {
  const [a, b] = two(paragraph('Well Hello'));
  a.editor.view.focus();
  a.caret('Hello', 'behind');
  await moveInBrowser(a, 'Hello');
  b.caret('Well');
  b.type('Oh ');
  a.take(b);
  a.type('and ');
  expectBoth(a, b, [paragraph('Oh Well and Hello')]);
});

test('D1: two views of one page on one device do not answer each other about the caret', async () => {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const editors = ['shown', 'given up'].map(
    () =>
      new Editor({
        element: document.body.appendChild(document.createElement('div')),
        extensions: [
          ...bodyExtensions(),
          Collaboration.configure({ text: doc.getText(BODY_TEXT) }),
          Carets.configure({
            text: doc.getText(BODY_TEXT),
            awareness,
            user: { name: 'Ada', color: '#112233' },
          }),
        ],
      }),
  );
  const destroy = () => {
    for (const editor of editors) editor.destroy();
  };
  let changes = 0;
  awareness.on('change', () => {
    changes += 1;
    // Ends what would go on for good.
    if (changes === 50) destroy();
  });
  const [shown] = editors as [Editor, Editor];
  shown.view.focus();
  shown.view.dispatch(shown.state.tr.insertText('words'));
  await new Promise((done) => setTimeout(done));
  expect(changes).toBeLessThan(10);
  expect(awareness.getLocalState()?.cursor).toBeTruthy();
  destroy();
  awareness.destroy();
});
