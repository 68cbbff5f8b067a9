// A where clause as something that can be asked about a row: SQL for Postgres, and a test in TypeScript that
// answers the simple comparisons itself and leaves the rest open. Three-valued, as in SQL.
import type { Value } from './pgoutput';

/** undefined: only Postgres can say. null: SQL's unknown, which does not select the row. */
export type Verdict = true | false | null | undefined;

export type RowTest = (row: readonly Value[]) => Verdict;

export type Comparison = '=' | '<>' | '<' | '>' | '<=' | '>=';

/** How two values of a column's type are compared by their text. `exact` knows only equality. */
export type Ordering = 'exact' | 'text' | 'integer' | 'bigint';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | {
      readonly kind: 'compare';
      readonly column: string;
      readonly operator: Comparison;
      readonly ordering: Ordering;
      /** As Postgres prints it for the column's type; null for SQL's null. */
      readonly value: string | null;
    }
  | { readonly kind: 'null'; readonly column: string; readonly negated: boolean }
  | { readonly kind: 'constant'; readonly value: boolean | null }
  | { readonly kind: 'open' };

export interface Predicate {
  /** Goes into `where (…)`: parameters are written into it as literals. Ends in a newline. */
  readonly sql: string;
  /** The columns it reads. */
  readonly columns: readonly string[];
  readonly condition: Condition;
  /** What every selected row satisfies, when there is such a thing; changes are routed by it. */
  readonly equality: { readonly column: string; readonly value: string } | undefined;
}

/** Puts together a predicate and finds what can be used for routing. */
export function makePredicate(sql: string, columns: readonly string[], condition: Condition): Predicate {
  const equalities = findEqualities(condition);
  // The longest value is likely to select the least: an id rather than a flag.
  equalities.sort((a, b) => b.value.length - a.value.length);
  return { sql, columns, condition, equality: equalities[0] };
}

/** true when no row needs Postgres. */
export function isLocal(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.parts.every(isLocal);
    case 'not':
      return isLocal(condition.part);
    case 'open':
      return false;
    case 'compare':
    case 'null':
    case 'constant':
      return true;
  }
}

function findEqualities(condition: Condition): { column: string; value: string }[] {
  if (condition.kind === 'and') return condition.parts.flatMap(findEqualities);
  if (condition.kind === 'compare' && condition.operator === '=' && condition.value !== null) {
    return [{ column: condition.column, value: condition.value }];
  }
  return [];
}

/**
 * The test for rows whose columns lie at these places.
 * @throws RangeError when a column has no place
 */
export function bindCondition(condition: Condition, places: ReadonlyMap<string, number>): RowTest {
  const place = (column: string) => {
    const found = places.get(column);
    if (found === undefined) throw new RangeError(`no column ${column}`);
    return found;
  };
  switch (condition.kind) {
    case 'and': {
      const parts = condition.parts.map((part) => bindCondition(part, places));
      return (row) => combine(parts, row, false);
    }
    case 'or': {
      const parts = condition.parts.map((part) => bindCondition(part, places));
      return (row) => combine(parts, row, true);
    }
    case 'not': {
      const part = bindCondition(condition.part, places);
      return (row) => {
        const verdict = part(row);
        return typeof verdict === 'boolean' ? !verdict : verdict;
      };
    }
    case 'null': {
      const at = place(condition.column);
      const { negated } = condition;
      return (row) => (row[at] === null) !== negated;
    }
    case 'compare': {
      const at = place(condition.column);
      const { value } = condition;
      if (value === null) return () => null;
      const test = comparator(condition.operator, condition.ordering, value);
      return (row) => {
        const actual = row[at];
        return actual === null || actual === undefined ? null : test(actual);
      };
    }
    case 'constant':
      return () => condition.value;
    case 'open':
      return () => undefined;
  }
}

/** `decisive` is the value that settles the whole: false for AND, true for OR. */
function combine(parts: readonly RowTest[], row: readonly Value[], decisive: boolean): Verdict {
  let result: Verdict = !decisive;
  for (const part of parts) {
    const verdict = part(row);
    if (verdict === decisive) return decisive;
    if (verdict === undefined) result = undefined;
    else if (verdict === null && result !== undefined) result = null;
  }
  return result;
}

function comparator(operator: Comparison, ordering: Ordering, value: string): (actual: string) => boolean {
  if (operator === '=') return (actual) => actual === value;
  if (operator === '<>') return (actual) => actual !== value;
  switch (ordering) {
    case 'integer': {
      const bound = Number(value);
      return (actual) => holds(operator, Number(actual), bound);
    }
    case 'bigint': {
      const bound = BigInt(value);
      return (actual) => holds(operator, BigInt(actual), bound);
    }
    case 'exact':
    case 'text':
      return (actual) => holds(operator, actual, value);
  }
}

function holds<T extends string | number | bigint>(operator: Comparison, a: T, b: T): boolean {
  switch (operator) {
    case '=':
      return a === b;
    case '<>':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
  }
}
