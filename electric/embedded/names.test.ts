// Property test over names: whatever a schema, a table and its columns are called, snapshot, log, where clauses and
// subsets of a shape give its row. SQL that this server makes must not share a name with data.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quoteName } from './connection';
import { type Answer, ask, catchUp, changes, follow, type Target, targets } from './testing/target';

/** SHAPE_NAMES=1000 for a long run; SHAPE_SEED repeats one. */
const tables = Number(process.env.SHAPE_NAMES ?? 60);
const seed = process.env.SHAPE_SEED === undefined ? {} : { seed: Number(process.env.SHAPE_SEED) };

let target: Target;
beforeAll(async () => {
  target = await targets[0]!.open();
});
afterAll(() => target.close());

/** Every name that SQL in this folder's sources gives to something, found there: `as x`, `"some name"`, `v.c0`. */
function ownNames(): string[] {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const found = new Set(['c0', 'c1', 'n', 'v']);
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.ts') || file.includes('.test.')) continue;
    const source = readFileSync(`${folder}${file}`, 'utf8');
    for (const [, reserved] of source.matchAll(/'(shape server [a-z]+)'/g)) found.add(reserved!);
    for (const sql of source.match(/`[^`]*`|'[^'\n]*'/g) ?? []) {
      if (!/\b(select|from|create|with|join)\b/.test(sql)) continue;
      for (const [, plain, quoted] of sql.matchAll(
        /\b(?:as|from|view|join|table) ([a-z_]+)\b|"([^"\n$]+)"/g,
      )) {
        found.add((plain ?? quoted)!);
      }
      for (const [, alias] of sql.matchAll(/\b([a-z]{1,3})\./g)) found.add(alias!);
    }
  }
  return [...found].filter((name) => Buffer.byteLength(name) <= 63).sort();
}

const own = ownNames();
const keywords = [
  'select',
  'from',
  'where',
  'table',
  'user',
  'order',
  'group',
  'null',
  'true',
  'all',
  'end',
  'as',
];
const functions = [
  'row_to_json',
  'to_json',
  'concat',
  'replace',
  'coalesce',
  'length',
  'unnest',
  'current_user',
];
const types = ['text', 'int4', 'date', 'uuid', 'jsonb', 'bool', 'name', 'record', 'numeric', 'timestamptz'];
const likeSystem = [
  'oid',
  'ctid_',
  'xmin2',
  'rowid',
  'key',
  'value',
  'headers',
  'operation',
  '__proto__',
  '1',
  '$1',
];
const hostile = [
  '"',
  '""',
  'a"b',
  "it's",
  'a b',
  'a.b',
  'a/b',
  'a,b',
  '\\',
  'a\nb',
  '%s',
  ';',
  '--',
  '/*',
  '{}',
  '?',
  ' ',
];
const letters = [
  'ü',
  'Ω',
  'name🙂',
  '表',
  'İ',
  'e\u0301',
  'UPPER',
  'Mixed',
  'x'.repeat(63),
  'ü'.repeat(31),
  '🙂'.repeat(15),
];

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('v', 't', 'c', 'n', 'r') },
  { weight: 3, arbitrary: fc.constantFrom(...own) },
  fc.constantFrom(...keywords),
  fc.constantFrom(...functions),
  fc.constantFrom(...types),
  fc.constantFrom(...likeSystem),
  fc.constantFrom(...hostile),
  fc.constantFrom(...letters),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= 63),
);

/** Types with a value as SQL, a condition that selects it and is left to Postgres, and how the value looks. */
const kinds = [
  { type: 'text', sql: "'it''s'", shown: "it's", condition: (c: string) => `length(${c}) = 4`, plain: true },
  { type: 'int', sql: '7', shown: '7', condition: (c: string) => `${c} % 2 = 1`, plain: true },
  { type: 'boolean', sql: 'true', shown: 't', condition: (c: string) => `${c} is not false`, plain: false },
  {
    type: 'jsonb',
    sql: `'{"v": 1}'`,
    shown: '{"v": 1}',
    condition: (c: string) => `${c} ->> 'v' = '1'`,
    plain: false,
  },
  {
    type: 'text[]',
    sql: "array['a', 'b']",
    shown: '{a,b}',
    condition: (c: string) => `'a' = any (${c})`,
    plain: false,
  },
  {
    type: 'timestamptz',
    sql: "'2024-02-29 12:00Z'",
    shown: '2024-02-29 12:00:00+00',
    condition: (c: string) => `${c}::date = '2024-02-29'`,
    plain: true,
  },
  { type: 'numeric', sql: '1.50', shown: '1.50', condition: (c: string) => `abs(${c}) > 1`, plain: false },
  {
    type: 'char(4)',
    sql: "'ab'",
    shown: 'ab  ',
    condition: (c: string) => `upper(${c}) = 'AB'`,
    plain: false,
  },
] as const;

const notSystem = (text: string) => !/^(ctid|xmin|xmax|cmin|cmax|tableoid)$/.test(text);
const named = fc.record({
  schema: fc.option(
    name.filter((text) => !/^(pg_|information_schema)/.test(text)),
    { freq: 3 },
  ),
  table: name,
  columns: fc.uniqueArray(
    fc.record({ name: name.filter(notSystem), kind: fc.nat({ max: kinds.length - 1 }) }),
    { minLength: 2, maxLength: 5, selector: (column) => column.name },
  ),
  keyed: fc.boolean(),
});

let made = 0;

test(`R1: ${tables} tables of generated names (of ${own.length} names of this server's SQL, too) give their rows`, {
  timeout: 60_000 + tables * 2_000,
}, async () => {
  expect(own).toEqual(expect.arrayContaining(['v', 'shape server check', 'fine']));
  await fc.assert(fc.asyncProperty(named, playNames), { ...seed, numRuns: tables, endOnFailure: true });
});

async function playNames(plan: typeof named extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  made++;
  // The schema is made for this run alone, so that a table's name meets no other's.
  const schema = plan.schema ?? `names_${made}`;
  const relation = `${quoteName(schema)}.${quoteName(plan.table)}`;
  const columns = plan.columns.map((column) => ({
    ...column,
    ...kinds[column.kind]!,
    quoted: quoteName(column.name),
  }));
  const first = columns[0]!;
  const key = plan.keyed && first.type !== 'jsonb' ? `, primary key (${first.quoted})` : '';
  await target.sql.query(`drop schema if exists ${quoteName(schema)} cascade; create schema ${quoteName(schema)};
    create table ${relation} (${columns.map(({ quoted, type }) => `${quoted} ${type}`).join(', ')}${key})`);
  try {
    const insert = () =>
      target.sql.query(`insert into ${relation} values (${columns.map(({ sql }) => sql).join(', ')})`);
    const row = Object.fromEntries(columns.map((column) => [column.name, column.shown]));
    await insert();
    const qualified = quoteName(plan.table);
    const wheres = [
      undefined,
      ...columns.map(({ quoted, condition }) => condition(quoted)),
      ...columns.map(({ quoted, condition }) => condition(`${qualified}.${quoted}`)),
      ...columns.filter(({ plain }) => plain).map(({ quoted, sql, type }) => `${quoted} = ${sql}::${type}`),
      columns.map(({ quoted, condition }) => `(${condition(quoted)})`).join(' and '),
    ];
    const queries = wheres.map((where) => ({ table: relation, ...(where ? { where } : {}) }));
    const started: Answer[] = [];
    for (const query of queries) {
      const start = await catchUp(target, query);
      expect(start.status, `${query.where}: ${start.text}`).toBe(200);
      expect(
        changes(start.all).map(({ value }) => shown(value!)),
        query.where,
      ).toEqual([shown(row)]);
      started.push(start);
    }
    for (const { quoted, condition } of columns) {
      const subset = await ask(target, {
        table: relation,
        offset: 'now',
        log: 'changes_only',
        subset__where: `${condition(quoted)} and $1 = 'p'`,
        subset__params: '{"1":"p"}',
        subset__order_by: `${qualified}.${first.quoted} desc, ${quoted}`.replace(
          /, .*$/,
          first.type === 'jsonb' ? '' : '$&',
        ),
        subset__limit: '5',
      });
      expect(subset.status, subset.text).toBe(200);
      const { data } = JSON.parse(subset.text) as { data: { value: Record<string, string> }[] };
      expect(data.map(({ value }) => shown(value))).toEqual([shown(row)]);
    }
    await target.sql.query(`delete from ${relation}`);
    await insert();
    for (const [i, query] of queries.entries()) {
      let answer = await follow(target, query, started[i]!);
      const seen = [...changes(answer.messages)];
      while (answer.status === 200 && seen.length < 2) {
        answer = await follow(target, query, answer);
        seen.push(...changes(answer.messages));
      }
      expect(answer.status, `${query.where}: ${answer.text}`).toBe(200);
      expect(
        seen.map(({ headers }) => headers.operation),
        query.where,
      ).toEqual(['delete', 'insert']);
      expect(shown(seen[1]!.value!), query.where).toEqual(shown(row));
    }
  } finally {
    await target.sql.query(`drop schema ${quoteName(schema)} cascade`);
  }
}

/** Entries in an order of their own; booleans are `t` in the log and `true` in snapshots. */
function shown(row: Readonly<Record<string, string | null>>): string {
  return JSON.stringify(
    Object.entries(row)
      .map(([column, value]) => [column, value === 'true' ? 't' : value])
      .sort(([a], [b]) => (a! < b! ? -1 : 1)),
  );
}
