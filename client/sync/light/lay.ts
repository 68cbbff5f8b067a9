// Lays what a person has written over the rows of a view, and says where each row is: on this device or on the server.
import type { LightRow } from '../../../db/sync/light';
import type { Operation } from '../../../db/sync/wire';
import type { LightState } from './state';

/** storing: not on this device's storage yet; here: only on this device; server: nothing of it waits. */
export type Place = 'storing' | 'here' | 'server';

export interface Laid {
  readonly rows: LightRow[];
  /** Of the rows whose changes are not on the server. */
  readonly places: ReadonlyMap<string, Place>;
}

/** What is asked for and not stored yet, beside what is stored. */
export interface Written {
  readonly state: LightState | null;
  readonly storing: readonly Pick<Operation, 'kind' | 'table' | 'id' | 'set'>[];
}

/**
 * @param rows of a view, as the server gave them
 * @param turn the turn in which the view was asked for: what was answered in it or before is in the rows
 */
export function lay(table: string, rows: readonly LightRow[], turn: number, written: Written): Laid {
  const { state, storing } = written;
  const laid = new Map(rows.map((row) => [String(row.id), row]));
  const places = new Map<string, Place>();
  const put = (operation: Pick<Operation, 'kind' | 'table' | 'id' | 'set'>, place: Place) => {
    if (operation.table !== table) return;
    const { kind, id, set } = operation;
    const row = laid.get(id);
    if (kind === 'delete') laid.delete(id);
    else if (kind === 'insert') laid.set(id, { ...row, ...set, id });
    else if (row) laid.set(id, { ...row, ...set });
    if (place !== 'server') places.set(id, place);
  };
  for (const { operations, verdicts, turn: at } of state?.answered ?? []) {
    if (at <= turn) continue;
    for (const [i, operation] of operations.entries()) {
      if (verdicts[i]?.status !== 'refused') put(operation, 'server');
    }
  }
  for (const { operations } of state?.waiting ?? []) for (const one of operations) put(one, 'here');
  for (const operation of storing) put(operation, 'storing');
  return { rows: [...laid.values()], places };
}
