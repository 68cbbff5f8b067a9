// Keys of the board: move the focus between cards, move a card up and down.
import { type RefObject, useCallback } from 'react';
import { useWorkspace } from '../../account';
import { useShortcut } from '../../kit/keys/keyboard';
import { useFocusedTask, useOpenTask } from '../active-task';
import type { TaskStatus } from '../facts';
import type { TaskRow } from '../queries';
import { taskShortcuts } from '../shortcuts';
import type { TaskWindow } from '../task-window';
import type { ColumnHandle } from './column';
import type { Place } from './place';

/**
 * Focuses a card as soon as it is on the page: scrolling there may have to make it first. A dialog that was opened
 * meanwhile keeps the focus.
 */
export function focusTask(id: string, tries = 12): void {
  if (document.activeElement?.closest('[role=dialog]')) return;
  const card = document.querySelector<HTMLElement>(`[data-task-id="${id}"]`);
  if (card) card.focus({ preventScroll: false });
  else if (tries > 0) requestAnimationFrame(() => focusTask(id, tries - 1));
}

/** Whether the person has gone to something else than this card since. */
function isElsewhere(id: string): boolean {
  const on = document.activeElement;
  return on !== null && on !== document.body && !on.closest(`[data-task-id="${id}"]`);
}

export function useBoardKeys(board: {
  shown: readonly TaskStatus[];
  tasks: TaskWindow;
  handles: RefObject<Map<TaskStatus, ColumnHandle | null>>;
  move: (task: TaskRow, to: Place) => Promise<void>;
  projectId: string;
}): void {
  const { shown, tasks, handles, move } = board;
  const workspace = useWorkspace();
  const { focusedId } = useFocusedTask();
  const { openId, open } = useOpenTask();

  const find = useCallback(
    (id: string | null) => {
      for (const [column, status] of shown.entries()) {
        const { offset, rows } = tasks.loaded(status);
        const i = rows.findIndex((row) => row.id === id);
        if (i >= 0) return { column, status, index: offset + i, task: rows[i]! };
      }
      return null;
    },
    [shown, tasks],
  );

  const go = (status: TaskStatus, index: number) => {
    const task = tasks.at(status, index);
    if (!task) return false;
    handles.current?.get(status)?.scrollTo(index);
    focusTask(task.id);
    if (openId) open(task.id);
    return true;
  };
  const step = (by: 1 | -1) => () => {
    const at = find(openId ?? focusedId);
    if (at) return go(at.status, at.index + by);
    const first = shown.find((status) => tasks.at(status, 0));
    return first ? go(first, 0) : false;
  };
  const across = (by: 1 | -1) => () => {
    const at = find(openId ?? focusedId);
    if (!at) return step(1)();
    for (let column = at.column + by; shown[column]; column += by) {
      const status = shown[column]!;
      const { offset, rows } = tasks.loaded(status);
      if (rows.length > 0) return go(status, Math.min(at.index, offset + rows.length - 1));
    }
    return false;
  };
  const shift = (by: 1 | -1) => () => {
    const at = find(openId ?? focusedId);
    if (!at) return false;
    if (at.index + by < 0 || !tasks.at(at.status, at.index + by)) return false;
    const before = tasks.at(at.status, by > 0 ? at.index + 2 : at.index - 1);
    void move(at.task, { status: at.status, beforeId: before?.id ?? null }).then(() =>
      requestAnimationFrame(() => {
        // The card loses the focus when it changes its place among the others.
        if (!isElsewhere(at.task.id)) focusTask(at.task.id);
      }),
    );
  };

  useShortcut(taskShortcuts.next, step(1));
  useShortcut(taskShortcuts.previous, step(-1));
  useShortcut(taskShortcuts.left, across(-1));
  useShortcut(taskShortcuts.right, across(1));
  useShortcut(taskShortcuts.moveUp, workspace.readOnly === null ? shift(-1) : null);
  useShortcut(taskShortcuts.moveDown, workspace.readOnly === null ? shift(1) : null);
}
