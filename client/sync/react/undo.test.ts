// undo.ts: the order in which things are undone and done again.
import { expect, test } from 'vitest';
import type { Written } from '../store';
import { UndoStack } from './undo';

let n = 0;
const written = (): Written => ({ n: ++n, changes: [] });

/** Keeps what was undone; the inverse of a transaction is a new one. */
function recorder() {
  const undone: Written[] = [];
  return {
    undone,
    undo: async (w: Written) => {
      undone.push(w);
      return written();
    },
  };
}

test('undo goes backwards, redo forwards, and something new ends redo', async () => {
  const stack = new UndoStack();
  const store = recorder();
  const [a, b] = [written(), written()];
  stack.push('a', a);
  stack.push('b', b);
  expect(await stack.undo(store)).toBe('b');
  expect(await stack.undo(store)).toBe('a');
  expect(await stack.undo(store)).toBeNull();
  expect(store.undone).toEqual([b, a]);
  expect(await stack.redo(store)).toBe('a');
  stack.push('c', written());
  expect(await stack.redo(store)).toBeNull();
  expect(await stack.undo(store)).toBe('c');
  expect(await stack.undo(store)).toBe('a');
});

test('one step can be undone out of turn, once', async () => {
  const stack = new UndoStack();
  const store = recorder();
  const [a, b] = [written(), written()];
  stack.push('a', a);
  stack.push('b', b);
  await stack.undoOne(store, a);
  expect(await stack.undo(store)).toBe('b');
  expect(await stack.undo(store)).toBeNull();
  expect(store.undone).toEqual([a, b]);
});

test('a transaction that changed nothing is not a step', async () => {
  const stack = new UndoStack();
  stack.push('nothing', { n: null, changes: [] });
  expect(await stack.undo(recorder())).toBeNull();
});
