// Where clauses that the embedded server refuses although Postgres would take them: those that a shape could not be
// followed with, and those that real Electric does and this server does not. Each is told by name.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Target, targets } from './testing/target';

describe.each(targets.filter(({ embedded }) => embedded))('clauses refused by $name', ({ open }) => {
  let target: Target;
  let table: string;
  beforeAll(async () => {
    target = await open();
    table = await target.table('(id int primary key, n int, name text, at timestamptz, day date)');
  });
  afterAll(() => target.close());

  test.each([
    ['n in (select 1)', 'At location 2: subqueries are not supported by this server'],
    ['exists (select 1)', /^At location \d+: subqueries are not supported by this server$/],
    ['at < current_timestamp', /^At location 5: functions of the current time or user are not supported/],
    ['at < now()', /not immutable/],
    ['random() < 0.5', /not immutable/],
    ["at < 'now'", /means another moment each time/],
    ["day = ' Today'", /means another moment each time/],
    ['name::date = day', /not immutable/],
    ["to_tsvector(name) @@ 'x'", /not immutable/],
    ['name = current_user', /^At location \d+: functions of the current time or user are not supported/],
    ["current_setting('search_path') = name", /not immutable/],
    ['count(*) > 1', 'At location 0: aggregation is not supported in this context'],
    ['max(n) > 1', /aggregate functions are not allowed/],
    ['sum(n) over () > 1', 'At location 0: aggregation is not supported in this context'],
    ['ctid is null', 'At location 0: unknown reference ctid'],
    ['other.n = 1', 'At location 0: unknown reference other.n'],
    ["n = 'x'", /invalid input syntax for type integer: "x"/],
    ['nothing(n) = 1', /function nothing\(integer\) does not exist/],
    ["name = 'a' collate nowhere", /collation "nowhere" .*does not exist/],
    [`n = 1 or ${'('.repeat(40_000)}n = 1${')'.repeat(40_000)}`, /bigger than maximum size of 65536 bytes/],
    [`${'('.repeat(20_000)}n = 1${')'.repeat(20_000)}`, /nested too deeply|stack depth|memory exhausted/],
    ['n = 1\0', 'the clause contains a null byte'],
  ])('where %.60s', async (where, complaint) => {
    const answer = await ask(target, { table, offset: '-1', where });
    expect(answer.status).toBe(400);
    const { message, errors } = JSON.parse(answer.text);
    expect(message).toBe('Invalid request');
    expect(Object.keys(errors)).toEqual(['where']);
    if (typeof complaint === 'string') expect(errors.where).toEqual([complaint]);
    else expect(errors.where[0]).toMatch(complaint);
    // The parser and the connections are as good as new.
    expect((await ask(target, { table, offset: '-1', where: 'n = 1' })).status).toBe(200);
  });

  test('a subset with a subquery, or with what depends on the moment', async () => {
    for (const where of ['id in (select 1)', 'at < now()']) {
      const answer = await ask(target, { table, offset: 'now', subset__where: where });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text).errors.subset.where[0]).toMatch(/subqueries are not|not immutable/);
    }
  });
});
