// How a live query's rows look with an operation laid over them that the database has not answered yet. A query says of
// which table its rows are (`of`), and what else happens to them (`lay`); without that, a row's columns of the same names
// get the new values, and a deleted row goes.
import type { Operation } from './operations';

/** A row as a live query shows it. */
export type ShownRow = Readonly<Record<string, unknown>>;

/** An operation, with what was shown of its row before. */
export interface Laid extends Operation {
  /** Columns of the row, of all live queries of this tab that show it; null: none does, or it is new. */
  readonly was: ShownRow | null;
}

export interface Laying<R = ShownRow> {
  /** The table whose row's id is the `id` of these rows. */
  readonly of?: string | undefined;
  /**
   * The rows after the operation; the same array when it does not matter to them. Absent: layById.
   */
  readonly lay?: ((rows: readonly R[], operation: Laid) => readonly R[]) | undefined;
}

/** @returns whether an operation that names its rows by `where` means this one, as far as its columns are shown */
export function means(operation: Operation, row: object): boolean {
  return Object.entries(operation.where).every(([name, value]) => (row as ShownRow)[name] === value);
}

/** @returns the row with an update's values in the columns that it shows; the same row when nothing changes */
export function patched<R extends object>(row: R, { set, instead }: Operation): R {
  const shown = row as ShownRow;
  const changes = Object.entries(set).filter(
    ([name, value]) =>
      name in row &&
      name !== 'id' &&
      !Object.is(shown[name], value) &&
      (instead === undefined || JSON.stringify(shown[name]) === JSON.stringify(instead[name])),
  );
  return changes.length === 0 ? row : { ...row, ...Object.fromEntries(changes) };
}

/** The usual laying: updates patch, deletes remove, by the columns that the operation names its rows by. */
export function layById<R extends object>(
  of: string,
  rows: readonly R[],
  operation: Operation,
): readonly R[] {
  if (operation.table !== of || operation.kind === 'insert') return rows;
  if (!rows.some((row) => means(operation, row))) return rows;
  if (operation.kind === 'delete') return rows.filter((row) => !means(operation, row));
  return rows.map((row) => (means(operation, row) ? patched(row, operation) : row));
}

/** @returns the rows with one operation laid over them */
export function laidOver<R extends object>(
  laying: Laying<R>,
  rows: readonly R[],
  operation: Laid,
): readonly R[] {
  if (laying.lay) return laying.lay(rows, operation);
  return laying.of === undefined ? rows : layById(laying.of, rows, operation);
}
