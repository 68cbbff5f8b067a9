// ids.ts: derived ids are stable, new ids are ordered.
import { expect, test } from 'vitest';
import { newId, taskLabelId } from './ids';

test('a label on a task has one id on every device', () => {
  const id = taskLabelId('0190a000-0000-7000-8000-000000000001', '0190a000-0000-7000-8000-000000000002');
  expect(id).toBe(
    taskLabelId('0190a000-0000-7000-8000-000000000001', '0190a000-0000-7000-8000-000000000002'),
  );
  expect(id).not.toBe(
    taskLabelId('0190a000-0000-7000-8000-000000000002', '0190a000-0000-7000-8000-000000000001'),
  );
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('later ids sort after earlier ones', () => {
  const ids = Array.from({ length: 100 }, newId);
  expect([...ids].sort()).toEqual(ids);
});
