// Filters of the board and the list: what they are, and how they live in the address of the page.
import { address, text, texts } from '../kit/address';

/** `none` among the assignees means "nobody". */
export const filters = address({ status: texts, assignee: texts, label: texts, q: text });
export type Filters = ReturnType<typeof filters>;

/** Names of the filters that are set. */
export function activeFilters(f: Filters): (keyof Filters)[] {
  return (['status', 'assignee', 'label', 'q'] as const).filter((name) => (f[name]?.length ?? 0) > 0);
}

/** @returns the list with the value added, or removed if it was there; undefined rather than empty. */
export function toggled(list: readonly string[] | undefined, value: string): string[] | undefined {
  const next = list?.includes(value) ? list.filter((v) => v !== value) : [...(list ?? []), value];
  return next.length > 0 ? next : undefined;
}
