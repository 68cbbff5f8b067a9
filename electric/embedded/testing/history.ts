// Random histories for the property test: concurrent writers, and shapes that are asked for in the middle of it.
import fc from 'fast-check';

export type TableKind = 'plain' | 'composite' | 'keyless';

/** One statement; `id` picks the row. */
export type Operation =
  | { readonly kind: 'insert'; readonly id: number; readonly values: Values }
  | { readonly kind: 'update'; readonly id: number; readonly values: Partial<Values> }
  | { readonly kind: 'delete'; readonly id: number }
  | { readonly kind: 'rekey'; readonly id: number; readonly to: number }
  | { readonly kind: 'many'; readonly from: number; readonly count: number; readonly grp: number };

export interface Values {
  readonly grp: number | null;
  readonly name: string | null;
  readonly amount: string | null;
  readonly flag: boolean | null;
  /** Characters of text that does not compress; from some 2,000 on it is stored out of line. */
  readonly long: number;
}

export interface Transaction {
  readonly operations: readonly Operation[];
  readonly commits: boolean;
  readonly pause: number;
}

export interface AskedShape {
  /** ms after the writers began. */
  readonly after: number;
  readonly where: number;
  readonly replica: 'default' | 'full';
  readonly live: 'poll' | 'events';
  readonly someColumns: boolean;
}

export interface History {
  readonly table: TableKind;
  readonly rowsBefore: number;
  readonly writers: readonly (readonly Transaction[])[];
  readonly shapes: readonly AskedShape[];
}

/** Where clauses with their parameters: decided in TypeScript, by Postgres, or partly by each. */
export const clauses: readonly { readonly where?: string; readonly params?: readonly string[] }[] = [
  {},
  { where: 'grp = 1' },
  { where: '"grp" = $1 and flag', params: ['2'] },
  { where: 'grp in (1, 2) or name is null' },
  { where: 'not flag' },
  { where: 'grp > 1 and grp <= 3' },
  { where: 'name = $1', params: ['o\'b/r\\i"en'] },
  { where: 'amount > 5' },
  { where: "name ilike 'A%'" },
  { where: 'grp = 1 and length(long) > 2000' },
  { where: 'coalesce(amount, 0) < 3 or (flag and grp = $1)', params: ['3'] },
  { where: 'flag is not true' },
];

const id = fc.integer({ min: 1, max: 12 });
const values: fc.Arbitrary<Values> = fc.record({
  grp: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 6 }),
  name: fc.option(fc.constantFrom('Anna', 'anton', 'Bob', '', 'o\'b/r\\i"en', 'ü🙂', 'tab\tnew\nline')),
  amount: fc.option(fc.constantFrom('1', '1.0', '2.50', '7', '100.001')),
  flag: fc.option(fc.boolean(), { freq: 5 }),
  long: fc.constantFrom(0, 10, 10, 3000, 9000),
});

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('insert' as const), id, values }) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(id, values, fc.subarray(['grp', 'name', 'amount', 'flag', 'long'] as const, { minLength: 1 }))
      .map(([row, all, chosen]) => ({
        kind: 'update' as const,
        id: row,
        values: Object.fromEntries(chosen.map((name) => [name, all[name]])) as Partial<Values>,
      })),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rekey' as const), id, to: id }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('many' as const),
      from: fc.constantFrom(100, 200, 300),
      count: fc.integer({ min: 10, max: 200 }),
      grp: fc.integer({ min: 1, max: 4 }),
    }),
  },
);

const transaction: fc.Arbitrary<Transaction> = fc.record({
  operations: fc.array(operation, { minLength: 1, maxLength: 5 }),
  commits: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  pause: fc.constantFrom(0, 0, 0, 1, 3),
});

const shape: fc.Arbitrary<AskedShape> = fc.record({
  after: fc.integer({ min: 0, max: 25 }),
  where: fc.nat({ max: clauses.length - 1 }),
  replica: fc.constantFrom('default' as const, 'full' as const),
  live: fc.constantFrom('poll' as const, 'events' as const),
  someColumns: fc.boolean(),
});

export const history: fc.Arbitrary<History> = fc.record({
  table: fc.constantFrom('plain' as const, 'plain' as const, 'composite' as const, 'keyless' as const),
  rowsBefore: fc.nat({ max: 8 }),
  writers: fc.array(fc.array(transaction, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
  shapes: fc.array(shape, { minLength: 1, maxLength: 4 }),
});
