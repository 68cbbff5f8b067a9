// Identifiers that clients choose: time-ordered for rows of their own, derived where two devices must agree.
import { v5, v7 } from 'uuid';

/** Namespace of derived ids. Never change it: devices and imports must keep agreeing. */
export const ID_NAMESPACE = '6f9f1a52-7c0b-5d0e-9a43-0f7b3c1d2e84';

/** @returns a new row id (uuid v7: later ids sort after earlier ones). */
export function newId(): string {
  return v7();
}

/** @returns an id that depends only on `name`, so that two devices (or two imports) make the same row. */
export function derivedId(name: string): string {
  return v5(name, ID_NAMESPACE);
}

/** @returns the id of the row that puts a label on a task: adding it twice makes one row. */
export function taskLabelId(taskId: string, labelId: string): string {
  return derivedId(`${taskId}:${labelId}`);
}
