// Random histories of tables that have parts: partitions, or tables that inherit from them. DDL and DML in turn.
import fc from 'fast-check';

/** Partitions are p0 to p4, by `k`; p4 has partitions of its own. Children are c0 to c2. */
export const partitionCount = 5;
export const childCount = 3;

/** A statement or several in one transaction, each to be tried: one that Postgres refuses changes nothing. */
export interface Step {
  readonly sql: readonly string[];
  /** false: each statement commits by itself. */
  readonly together: boolean;
}

export interface Tree {
  readonly kind: 'partitioned' | 'inherited';
  /** What the table is called in the steps' SQL. */
  readonly table: string;
  readonly setUp: readonly string[];
  readonly steps: readonly Step[];
}

const id = fc.integer({ min: 1, max: 14 });
const note = fc.constantFrom("'a'", "'Bob'", "''", 'null', "'ü🙂'");

function dml(table: string, k: fc.Arbitrary<number>): fc.Arbitrary<string> {
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(id, k, note)
        .map(([i, key, text]) => `insert into ${table} (id, k, note) values (${i}, ${key}, ${text})`),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(id, note).map(([i, text]) => `update ${table} set note = ${text} where id = ${i}`),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(id, k).map(([i, key]) => `update ${table} set k = ${key} where id = ${i}`),
    },
    { weight: 2, arbitrary: id.map((i) => `delete from ${table} where id = ${i}`) },
    {
      weight: 1,
      arbitrary: id.map(
        (i) =>
          `update ${table} set id = id + 20 where id = ${i} and not exists (select from ${table} where id = ${i} + 20)`,
      ),
    },
  );
}

/** What may happen to any table. */
function anyDdl(table: string): fc.Arbitrary<readonly string[]> {
  return fc.constantFrom<readonly string[]>(
    [`truncate ${table}`],
    [`alter table ${table} add column extra int default 5`],
    [`alter table ${table} drop column extra`],
    [`alter table ${table} drop column note`, `alter table ${table} add column note text`],
    [
      `alter table ${table} rename column note to remark`,
      `alter table ${table} rename column remark to note`,
    ],
    [`alter table ${table} alter column note type text using note || '!'`],
    [`alter table ${table} alter column note set not null`],
    [`alter table ${table} alter column note drop not null`],
    [`alter table ${table} replica identity default`],
    [`alter table ${table} rename to moved_away`, `alter table moved_away rename to ${table}`],
    [`vacuum full ${table}`],
  );
}

function partitionDdl(table: string): fc.Arbitrary<readonly string[]> {
  const part = fc.integer({ min: 0, max: partitionCount - 1 }).map((k) => ({ k, p: `p${k}` }));
  const attach = ({ k, p }: { k: number; p: string }) =>
    `alter table ${table} attach partition ${p} for values in (${k})`;
  return fc.oneof(
    { weight: 3, arbitrary: part.map(({ p }) => [`alter table ${table} detach partition ${p}`]) },
    {
      weight: 1,
      arbitrary: part.map(({ p }) => [`alter table ${table} detach partition ${p} concurrently`]),
    },
    { weight: 3, arbitrary: part.map((each) => [attach(each)]) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(part, id)
        .map(([each, i]) => [
          `alter table ${table} detach partition ${each.p}`,
          `insert into ${each.p} (id, k, note) values (${i}, ${each.k}, 'apart')`,
          `delete from ${each.p} where id = ${i + 1}`,
          attach(each),
        ]),
    },
    { weight: 1, arbitrary: part.map(({ p }) => [`drop table ${p}`]) },
    {
      weight: 2,
      arbitrary: part.map(({ k, p }) => [`create table ${p} partition of ${table} for values in (${k})`]),
    },
    {
      weight: 1,
      arbitrary: part.map((each) => [
        `create table ${each.p} (note text, id int not null, k int not null, primary key (k, id))`,
        `insert into ${each.p} (id, k, note) values (${each.k + 1}, ${each.k}, 'brought')`,
        `alter table ${each.p} replica identity full`,
        attach(each),
      ]),
    },
    { weight: 2, arbitrary: part.map(({ p }) => [`truncate ${p}`]) },
    { weight: 1, arbitrary: part.map(({ p }) => [`alter table ${p} replica identity default`]) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(part, id)
        .map(([{ k, p }, i]) => [`insert into ${p} (id, k, note) values (${i}, ${k}, 'direct')`]),
    },
  );
}

/** A child without a key must not have one row twice: nothing tells the two apart. */
const unless = (child: string, i: number) => `where not exists (select from ${child} where id = ${i})`;

function childDdl(table: string): fc.Arbitrary<readonly string[]> {
  const child = fc.integer({ min: 0, max: childCount - 1 }).map((n) => `c${n}`);
  return fc.oneof(
    { weight: 2, arbitrary: child.map((c) => [`create table ${c} (own text) inherits (${table})`]) },
    {
      weight: 1,
      arbitrary: child.map((c) => [`create table ${c} (own text, primary key (k, id)) inherits (${table})`]),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(child, id)
        .map(([c, i]) => [
          `create table ${c} (own text, note text, k int not null, id int not null, extra int)`,
          `insert into ${c} (id, k, note) values (${i}, 1, 'brought')`,
          `alter table ${c} inherit ${table}`,
        ]),
    },
    { weight: 1, arbitrary: child.map((c) => [`create table g${c} () inherits (${c})`]) },
    { weight: 1, arbitrary: child.map((c) => [`drop table ${c} cascade`]) },
    { weight: 2, arbitrary: child.map((c) => [`alter table ${c} no inherit ${table}`]) },
    { weight: 2, arbitrary: child.map((c) => [`alter table ${c} inherit ${table}`]) },
    { weight: 1, arbitrary: child.map((c) => [`truncate ${c}`]) },
    { weight: 1, arbitrary: fc.constant([`truncate only ${table}`]) },
    {
      weight: 5,
      arbitrary: fc
        .tuple(child, id, note)
        .map(([c, i, text]) => [
          `insert into ${c} (id, k, note, own) select ${i}, 2, ${text}, 'mine' ${unless(c, i)}`,
        ]),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(child, id)
        .map(([c, i]) => [`update ${c} set own = 'other', note = 'by child' where id = ${i}`]),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(child, id)
        .map(([c, i]) => [`insert into g${c} (id, k, note) select ${i}, 3, 'grand' ${unless(`g${c}`, i)}`]),
    },
  );
}

/** The table dropped and made again under its name. */
const again = (setUp: readonly string[], table: string) => [
  `drop table ${table} cascade`,
  ...setUp.filter((sql) => !sql.startsWith('insert')),
];

function tree(kind: Tree['kind']): fc.Arbitrary<Tree> {
  const table = 'tree';
  const columns = 'id int not null, k int not null, note text, primary key (k, id)';
  const setUp =
    kind === 'partitioned'
      ? [
          `create table ${table} (${columns}) partition by list (k)`,
          ...[0, 1, 2].map(
            (k) => `create table if not exists p${k} partition of ${table} for values in (${k})`,
          ),
          `create table if not exists p4 partition of ${table} for values in (4) partition by range (id)`,
          'create table if not exists p4_low partition of p4 for values from (0) to (8)',
          'create table if not exists p4_high partition of p4 default',
          `insert into ${table} values (1, 1, 'first'), (2, 2, 'second'), (3, 4, 'low'), (9, 4, 'high')`,
        ]
      : [
          `create table ${table} (${columns})`,
          `create table if not exists c0 (own text) inherits (${table})`,
          `insert into ${table} values (1, 1, 'first')`,
          "insert into c0 values (2, 2, 'second', 'mine')",
        ];
  const k = fc.integer({ min: 0, max: kind === 'partitioned' ? partitionCount - 1 : 3 });
  const special = kind === 'partitioned' ? partitionDdl(table) : childDdl(table);
  const step: fc.Arbitrary<Step> = fc.record({
    sql: fc.oneof(
      { weight: 8, arbitrary: fc.array(dml(table, k), { minLength: 1, maxLength: 4 }) },
      { weight: 9, arbitrary: special },
      { weight: 3, arbitrary: anyDdl(table) },
      { weight: 1, arbitrary: fc.constant(again(setUp, table)) },
    ),
    together: fc.boolean(),
  });
  return fc.record({
    kind: fc.constant(kind),
    table: fc.constant(table),
    setUp: fc.constant(setUp),
    steps: fc.array(step, { minLength: 4, maxLength: 16 }),
  });
}

export const trees: fc.Arbitrary<Tree> = fc.oneof(tree('partitioned'), tree('inherited'));
