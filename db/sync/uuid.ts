// How ids are read at every door: as Postgres writes them. Whatever compares ids as text compares these.
import { z } from 'zod';

/** A uuid in any case; comes out in lower case. */
export const uuid = z.uuid().toLowerCase();

/** Columns that hold the id of a row without saying so in their name. */
const named: ReadonlySet<string> = new Set(['id', 'deleted_by', 'people']);

/** Accounts have ids of another kind, in which upper and lower case differ. */
const accounts: ReadonlySet<string> = new Set(['user_id']);

/** @returns the values with the ids in them, also inside lists and objects, in lower case; other text stays as it is. */
export function withPlainIds<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, plain(value, holdsIds(key)) as T]),
  );
}

function holdsIds(key: string): boolean {
  return named.has(key) || (/_ids?$/.test(key) && !accounts.has(key));
}

function plain(value: unknown, isId: boolean): unknown {
  if (typeof value === 'string') return isId ? (uuid.safeParse(value).data ?? value) : value;
  if (Array.isArray(value)) return value.map((item) => plain(item, isId));
  return typeof value === 'object' && value !== null ? withPlainIds(value as Record<string, unknown>) : value;
}
