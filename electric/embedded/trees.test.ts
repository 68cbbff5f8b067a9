// Tables with parts and tables that are altered: whatever DDL and DML happen to a partitioned table or to one that others
// inherit from, a reader of the protocol ends with exactly the rows that the table has.
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../scripts/testing/postgres';
import { until } from '../../scripts/testing/until';
import { createShapeServer, type ShapeServer } from './server';
import { Reader, type Row } from './testing/reader';
import { ask, catchUp, changes, follow, type Query, type Target, targets } from './testing/target';
import { type Step, type Tree, trees } from './testing/trees';

/** SHAPE_TREES=500 for a long run; SHAPE_SEED repeats one. */
const histories = Number(process.env.SHAPE_TREES ?? 40);
const seed = process.env.SHAPE_SEED === undefined ? {} : { seed: Number(process.env.SHAPE_SEED) };

describe('histories of tables with parts', () => {
  let database: TestDatabase;
  let sql: Client;
  let server: ShapeServer;
  let played = 0;
  let refetches = 0;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
    // Values as text, as a shape has them.
    sql = new Client({ connectionString: database.url, types: { getTypeParser: () => String } });
    await sql.connect();
    server = await createShapeServer({
      databaseUrl: database.url,
      longPollMs: 300,
      catalogEveryMs: 50,
    });
  });
  afterAll(async () => {
    await server.close();
    await sql.end();
    await database.drop();
  });

  test(`R1: a reader ends with the table's rows, ${histories} histories of DDL and DML`, {
    timeout: 60_000 + histories * 4_000,
  }, async () => {
    await fc.assert(fc.asyncProperty(trees, play), { ...seed, numRuns: histories, endOnFailure: true });
    console.log(`${played} histories, ${refetches} refetches`);
    expect(refetches).toBeGreaterThan(0);
  });

  /** Read at the same time: all of it, by a clause decided here, by one that Postgres decides, and one part alone. */
  const clauses = [undefined, 'k < 3', 'length(note) > 0'];

  async function play(tree: Tree): Promise<void> {
    const schema = `trees_${++played}`;
    await sql.query(`create schema ${schema}; set search_path = ${schema}`);
    for (const each of tree.setUp) await sql.query(each);
    const stop = new AbortController();
    const part = tree.kind === 'partitioned' ? 'p1' : 'c0';
    const watched: { table: string; where: string | undefined }[] = [
      ...clauses.map((where) => ({ table: tree.table, where })),
      { table: part, where: undefined },
    ];
    const readers = watched.map(({ table, where }) => new Followed(schema, table, where, stop.signal));
    try {
      // Some of it happens before the first shape is there, some while it is read, some after.
      for (const step of tree.steps) await take(step);
      for (const each of readers) await settle(each);
    } finally {
      stop.abort();
      await Promise.all(readers.map(({ done }) => done));
      for (const each of readers) refetches += each.refetches;
      await sql.query(`set search_path = public; drop schema ${schema} cascade`);
    }
  }

  /** A reader of a table; one that is refused by name asks again, as for a column or table that is not there now. */
  class Followed {
    refetches = 0;
    failure: unknown;
    readonly done: Promise<void>;
    private reader: Reader;

    constructor(
      schema: string,
      readonly table: string,
      readonly where: string | undefined,
      private readonly signal: AbortSignal,
    ) {
      this.params = { table: `${schema}.${table}`, ...(where ? { where } : {}) };
      this.reader = this.newReader();
      this.done = this.follow();
    }

    private readonly params: Readonly<Record<string, string>>;

    get rows(): string {
      return canonical(this.reader.rows.values());
    }

    private newReader(): Reader {
      return new Reader({ fetch: (request) => server.handle(request), params: this.params });
    }

    private async follow(): Promise<void> {
      while (!this.signal.aborted && this.failure === undefined) {
        await this.reader.follow(this.signal).catch((error) => {
          if (/unknown reference|does not exist/.test(String(error))) this.reader = this.newReader();
          else this.failure = error;
        });
        this.refetches += this.reader.refetches;
      }
    }
  }

  async function settle(each: Followed): Promise<void> {
    const asked = `${each.table} where ${each.where}`;
    await until(
      `the reader of ${asked} to have the final rows`,
      async () => {
        if (each.failure) throw each.failure;
        const expected = await selected(each.table, each.where);
        return expected === undefined || each.rows === expected;
      },
      15_000,
    ).catch(async (error) => {
      if (each.failure) throw each.failure;
      expect(each.rows, asked).toBe(await selected(each.table, each.where));
      throw error;
    });
  }

  async function take({ sql: statements, together }: Step): Promise<void> {
    if (!together) {
      for (const each of statements) await sql.query(each).catch(() => {});
      return;
    }
    await sql.query('begin');
    try {
      for (const each of statements) await sql.query(each);
      await sql.query('commit');
    } catch {
      await sql.query('rollback');
    }
  }

  /** undefined: the table, or a column of the clause, is not there. */
  async function selected(table: string, where = 'true'): Promise<string | undefined> {
    try {
      return canonical((await sql.query<Row>(`select * from ${table} where ${where}`)).rows);
    } catch {
      return undefined;
    }
  }
});

function canonical(rows: Iterable<Row>): string {
  const lines = [...rows].map((row) =>
    JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
  return lines.sort().join('\n');
}

/** What is done to a table `t`; `part` is its partition or child. Each must end the shape of the table. */
const changed: readonly {
  readonly name: string;
  readonly of: 'plain' | 'partitioned' | 'inherited';
  readonly sql: string;
}[] = [
  { name: 'RENAME COLUMN', of: 'plain', sql: 'alter table t rename column note to remark' },
  {
    name: 'a column dropped and made again',
    of: 'plain',
    sql: 'begin; alter table t drop column note; alter table t add column note text; commit',
  },
  { name: 'ALTER TYPE', of: 'plain', sql: 'alter table t alter column note type varchar(30)' },
  {
    name: 'ALTER TYPE to the same type with other values',
    of: 'plain',
    sql: "alter table t alter column note type text using note || '!'",
  },
  { name: 'a renamed value of an enum', of: 'plain', sql: "alter type mood rename value 'sad' to 'blue'" },
  { name: 'REPLICA IDENTITY', of: 'plain', sql: 'alter table t replica identity default' },
  {
    name: 'another primary key',
    of: 'plain',
    sql: 'alter table t drop constraint t_pkey, add primary key (k)',
  },
  {
    name: 'dropped and made again',
    of: 'plain',
    sql: 'drop table t; create table t (id int primary key, k int, note text)',
  },
  {
    name: 'renamed, and another put in its place',
    of: 'plain',
    sql: 'alter table t rename to u; create table t (like u including all)',
  },
  {
    name: 'its schema renamed, and another put in its place',
    of: 'plain',
    sql: 'alter schema here rename to there; create schema here; create table here.t (like there.t including all)',
  },
  {
    name: 'moved to another schema',
    of: 'plain',
    sql: 'create schema there; alter table t set schema there; create table here.t (like there.t including all)',
  },
  { name: 'DETACH PARTITION', of: 'partitioned', sql: 'alter table t detach partition part' },
  {
    name: 'DETACH PARTITION CONCURRENTLY',
    of: 'partitioned',
    sql: 'alter table t detach partition part concurrently',
  },
  { name: 'a partition dropped', of: 'partitioned', sql: 'drop table part' },
  { name: 'a partition truncated', of: 'partitioned', sql: 'truncate part' },
  {
    name: 'a partition of a partition detached',
    of: 'partitioned',
    sql: 'alter table deep detach partition deep_low',
  },
  {
    name: 'ATTACH PARTITION',
    of: 'partitioned',
    sql: "create table extra (like t including all); insert into extra values (70, 7, 'x'); alter table t attach partition extra for values in (7)",
  },
  {
    name: 'ATTACH PARTITION of one that is published already',
    of: 'partitioned',
    sql: "create table extra (like t including all); insert into extra values (70, 7, 'x'); alter table extra replica identity full; alter publication shape_server add table extra; alter table t attach partition extra for values in (7)",
  },
  {
    name: 'detached, written to and attached again',
    of: 'partitioned',
    sql: "begin; alter table t detach partition part; insert into part values (9, 1, 'apart'); alter table t attach partition part for values in (1); commit",
  },
  {
    name: 'INHERIT',
    of: 'inherited',
    sql: "create table other (like t); insert into other values (80, 8, 'o'); alter table other inherit t",
  },
  { name: 'NO INHERIT', of: 'inherited', sql: 'alter table part no inherit t' },
  { name: 'a child dropped', of: 'inherited', sql: 'drop table part' },
  { name: 'a child truncated', of: 'inherited', sql: 'truncate part' },
  { name: 'a child made', of: 'inherited', sql: 'create table other () inherits (t)' },
];

const setUps = {
  plain: `create type mood as enum ('glad', 'sad'); create table t (id int primary key, k int, note text, mood mood);
    insert into t values (1, 1, 'a', 'sad'), (2, 2, 'b', 'glad')`,
  partitioned: `create table t (id int, k int, note text, primary key (id, k)) partition by list (k);
    create table part partition of t for values in (1); create table part2 partition of t for values in (2);
    create table deep partition of t for values in (3) partition by range (id);
    create table deep_low partition of deep for values from (0) to (10);
    insert into t values (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')`,
  inherited: `create table t (id int primary key, k int, note text); create table part (own int) inherits (t);
    insert into t values (1, 1, 'a'); insert into part values (2, 2, 'b', 3)`,
};

describe.each(targets.filter(({ embedded }) => embedded))(
  'a table changed under a shape of $name',
  ({ open }) => {
    let target: Target;
    beforeAll(async () => {
      target = await open();
    });
    afterAll(() => target.close());

    let cases = 0;
    test.each(changed)('R6: $of: $name', async ({ of, sql }) => {
      const here = `here_${++cases}`;
      const query: Query = { table: `${here}.t` };
      await target.sql.query(`create schema ${here}; set search_path = ${here}`);
      const rows = async () => {
        const found = await target.sql.query(`select to_jsonb(x.*) as row from ${here}.t x`);
        return found.rows.map(({ row }) => line(row)).sort();
      };
      try {
        await target.sql.query(setUps[of]);
        const start = await catchUp(target, query);
        expect(start.status, start.text).toBe(200);
        expect(sorted(start.all)).toEqual(await rows());
        const statements = sql.replaceAll('here', here);
        for (const each of sql.includes('concurrently') ? statements.split(';') : [statements]) {
          await target.sql.query(each);
        }
        const from = { ...query, handle: start.handle, offset: start.offset };
        await until('the shape to end', async () => (await ask(target, from)).status === 409, 10_000);
        const again = await catchUp(target, query);
        expect(again.status, again.text).toBe(200);
        expect(sorted(again.all)).toEqual(await rows());
      } finally {
        await target.sql.query(
          `set search_path = public; drop schema if exists ${here} cascade; drop schema if exists there cascade`,
        );
      }
    });

    test('R6: a table that was written to and then changed is served, though nobody writes to it any more', async () => {
      const table = await target.table('(id int primary key, n int)');
      const waiting = follow(target, { table }, await catchUp(target, { table }));
      await target.sql.query(`insert into ${table} values (1, 1)`);
      await waiting;
      await target.sql.query(`alter table ${table} add column more int default 7`);
      const fresh = { table, columns: 'id,more' };
      await until(
        'the new column to be known',
        async () => (await ask(target, { ...fresh, offset: '-1' })).status === 200,
      );
      const start = await catchUp(target, fresh);
      expect(start.status).toBe(200);
      expect(changes(start.all).map(({ value }) => value)).toEqual([{ id: '1', more: '7' }]);
      const next = follow(target, fresh, start);
      await target.sql.query(`insert into ${table} values (2, 2, 8)`);
      expect(changes((await next).messages).map(({ value }) => value)).toEqual([{ id: '2', more: '8' }]);
    });

    test('R6: what Postgres does not tell the changes of is refused by name', async () => {
      const unlogged = await target.sql.query('create unlogged table unlogged_one (id int primary key)');
      expect(unlogged.command).toBe('CREATE');
      const whole = await target.table('(id int, k int, primary key (id, k)) partition by list (k)');
      await target.sql.query(`create unlogged table ${whole}_1 partition of ${whole} for values in (1)`);
      const parent = await target.table('(id int primary key)');
      await target.sql.query(`create unlogged table ${parent}_1 () inherits (${parent})`);
      const cases = [
        ['unlogged_one', 'It is unlogged'],
        [whole, `Its partition "public"."${whole}_1" is unlogged`],
        [parent, `"public"."${parent}_1", which inherits from it, is unlogged`],
      ];
      for (const [table, complaint] of cases) {
        const answer = await ask(target, { table: table!, offset: '-1' });
        expect(answer.status, answer.text).toBe(400);
        expect(JSON.parse(answer.text).errors.table[0]).toContain(complaint);
      }
      await target.sql.query('drop table unlogged_one');
    });

    test('R1: rows of a table and of those that inherit from it have keys of their own, in snapshot and log', async () => {
      const parent = await target.table('(id int primary key, note text)');
      await target.sql.query(`create table ${parent}_keyed (primary key (id)) inherits (${parent});
      insert into ${parent} values (1, 'a'); insert into ${parent}_keyed values (1, 'b')`);
      const start = await catchUp(target, { table: parent });
      const waiting = follow(target, { table: parent }, start);
      await target.sql.query(`update ${parent} set note = 'c'`);
      const told = [...changes(start.all), ...changes((await waiting).messages)].map(({ key, value }) => [
        key,
        value!.note,
      ]);
      const own = `"public"."${parent}"/"1"`;
      const child = `"public"."${parent}_keyed"/"1"`;
      expect(told.sort()).toEqual(
        [
          [own, 'a'],
          [own, 'c'],
          [child, 'b'],
          [child, 'c'],
        ].sort(),
      );
    });

    const sorted = (messages: Parameters<typeof changes>[0]) =>
      changes(messages)
        .map(({ value }) => line(value!))
        .sort();
    const line = (row: object) =>
      JSON.stringify(
        Object.entries(row)
          .map(([name, value]) => [name, value === null ? null : String(value)])
          .sort(),
      );
  },
);
