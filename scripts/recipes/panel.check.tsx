// @vitest-environment happy-dom
// Run in the scratch copy of ./column.check.ts: the panel of a task shows the new column and saves what is typed.
import { createElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { expect, test } from 'vitest';
import { ShownFields } from '../../client/task/panel/shown-fields';

test('the panel shows it and saves what is typed', () => {
  const root = document.body.appendChild(document.createElement('div'));
  const saved: unknown[] = [];
  const onSave = (...args: unknown[]) => {
    saved.push(args);
    return Promise.resolve(true);
  };
  flushSync(() =>
    createRoot(root).render(
      createElement(ShownFields, { task: { reference: 'zulu-7' }, readOnly: null, onSave }),
    ),
  );
  const input = root.querySelector('input')!;
  expect([root.textContent, input.value]).toEqual(['Reference', 'zulu-7']);
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!;
  flushSync(() => {
    set.call(input, 'yankee');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  flushSync(() => input.dispatchEvent(new FocusEvent('focusout', { bubbles: true })));
  expect(saved).toEqual([['reference', { reference: 'yankee' }]]);
});
