// Keeps the identity of rows that did not change between two answers of a query, so that memoised components of
// unchanged rows do nothing.

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}

function sameRow(a: object, b: object): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => same(a[key as never], b[key as never]));
}

/** @returns `next`, with every row that equals one of `previous` (by `id`, or else by place) replaced by it. */
export function reuseRows<R extends object>(previous: R[] | undefined, next: R[]): R[] {
  if (!previous) return next;
  const known = new Map<unknown, R>();
  previous.forEach((row, i) => {
    known.set('id' in row ? row.id : i, row);
  });
  let changed = previous.length !== next.length;
  const rows = next.map((row, i) => {
    const old = known.get('id' in row ? row.id : i);
    const kept = old && sameRow(old, row) ? old : row;
    if (kept !== previous[i]) changed = true;
    return kept;
  });
  return changed ? rows : previous;
}
