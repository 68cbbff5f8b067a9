// A4: the ways to write something else than one may: in several steps, in a race, in another's name, at another time.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatClock } from '../../db/sync/clock';
import type { Operation, SessionAnswer, Verdict } from '../../db/sync/wire';
import { access, tableNames } from '../../db/tables';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { insertRow, type Somebody, sampleRow, type Values } from '../../scripts/testing/rows';
import { until } from '../../scripts/testing/until';
import { type Crew, foundCrew } from '../../scripts/testing/workspace';
import { type Write, Writer } from '../../scripts/testing/writer';

let api: TestApi;
let crew: Crew;
let workspaceId: string;
let ada: Somebody;
let ben: Somebody;
let gus: Somebody;
let taskId: string;

beforeAll(async () => {
  api = await startTestApi();
  crew = await foundCrew(api);
  ({ workspaceId } = crew);
  const somebody = async (person: TestPerson): Promise<Somebody> => {
    const { body } = await person.json<SessionAnswer>('GET', '/api/session');
    return { userId: body.user.id, name: body.user.name, memberId: body.memberships[0]!.memberId };
  };
  [ada, ben, gus] = [await somebody(crew.owner), await somebody(crew.member), await somebody(crew.guest)];
  taskId = await made('task', ada);
});
afterAll(() => api.stop());

const uuid = () => crypto.randomUUID();
let counter = 0;
const clockAt = (ms: number) => formatClock(ms, counter++ & 0xffff, '00000000000a');
const soon = () => clockAt(Date.now() + 5_000);
const set = (values: Values) => values as Operation['set'];

async function made(
  table: (typeof tableNames)[number],
  by: Somebody | null,
  more: Values = {},
): Promise<string> {
  const id = uuid();
  await insertRow(api.pool, table, id, {
    ...(await sampleRow(api.pool, workspaceId, table, by)).row,
    ...more,
  });
  return id;
}
async function row(table: string, id: string): Promise<Values | undefined> {
  const { rows } = await api.pool.query(
    `select to_jsonb(t) - 'search' as row from "${table}" t where id = $1`,
    [id],
  );
  return rows[0]?.row;
}
const comment = (id: string, more: Values = {}): Write => ({
  ...{ table: 'comment', id, was: {}, clock: soon() },
  set: set({ workspace_id: workspaceId, task_id: taskId, body: 'Words', ...more }),
});
const remove = (table: string, id: string): Write => ({ kind: 'delete', table, id, set: {}, clock: soon() });
const results = (verdicts: readonly Verdict[]) =>
  verdicts.map((v) => (v.status === 'refused' ? v.kind : v.status));

describe('several steps', () => {
  test('A4: who deletes another’s comment and makes it again gives it back as it was', async () => {
    const id = await made('comment', ben, { task_id: taskId, created_at: '2026-01-02T03:04:05Z' });
    const before = await row('comment', id);
    const verdicts = await new Writer(crew.owner).write(
      remove('comment', id),
      comment(id, {
        body: 'Forged',
        author_id: ada.memberId,
        author: 'Ada',
        created_at: '2001-01-01T00:00:00Z',
      }),
    );
    expect(results(verdicts)).toEqual(['applied', 'applied']);
    const { version: _, updated_at: __, ...kept } = before!;
    expect(await row('comment', id)).toMatchObject(kept);
  });

  test('A4: who may change all of a row may also make it again with other values, but its author stays', async () => {
    const id = await made('task', ben);
    const before = (await row('task', id))!;
    const forged = { title: 'Made again', author: 'Forged', created_at: '2001-01-01T00:00:00Z' };
    const { version: _, updated_at: __, id: ___, ...given }: Values = { ...before, ...forged };
    const verdicts = await new Writer(crew.owner).write(remove('task', id), {
      ...{ table: 'task', id, was: {}, clock: soon(), set: set(given) },
    });
    expect(results(verdicts)).toEqual(['applied', 'applied']);
    const { title, author, author_id, created_at } = (await row('task', id))!;
    expect({ title, author, author_id, created_at }).toEqual({
      title: 'Made again',
      author: before.author,
      author_id: before.author_id,
      created_at: before.created_at,
    });
  });

  test('A4: a task comes back with the comments of others that went with it, by the hand of who deleted it', async () => {
    const task = await made('task', ada);
    const id = await made('comment', ada, { task_id: task });
    const [before, byBen] = [(await row('comment', id))!, new Writer(crew.member)];
    const given = { workspace_id: workspaceId, task_id: task, body: 'Forged' };
    const again = { ...{ table: 'comment', id, was: {} }, set: set(given) };
    expect(results(await byBen.write(remove('comment', id)))).toEqual(['forbidden']);
    const { version: _, updated_at: __, id: ___, ...values } = (await row('task', task))!;
    const verdicts = await byBen.write(
      remove('task', task),
      { table: 'task', id: task, was: {}, clock: soon(), set: set(values) },
      { ...again, clock: soon() },
    );
    expect(results(verdicts)).toEqual(['applied', 'applied', 'applied']);
    expect(await row('comment', id)).toMatchObject({
      body: before.body,
      author_id: ada.memberId,
      author: 'Ada',
    });
  });

  test('A4: what one has just made in the same transaction is one’s own, and what was there is not', async () => {
    const [own, hers] = [uuid(), await made('comment', ada, { task_id: taskId })];
    const change = (id: string): Write => ({
      ...{ kind: 'update', table: 'comment', id, was: {}, clock: soon(), set: { body: 'Changed' } },
    });
    expect(
      results(
        await new Writer(crew.member).write(
          ...[comment(own), change(own), comment(hers, { body: 'Forged' }), change(hers)],
        ),
      ),
    ).toEqual(['applied', 'applied', 'forbidden', 'forbidden']);
    expect((await row('comment', hers))?.body).toBe('Words');
  });

  test('A4: to say again what is there, also of another’s, changes nothing', async () => {
    const id = await made('comment', ada, { task_id: taskId });
    const before = await row('comment', id);
    expect(results(await new Writer(crew.member).write(comment(id)))).toEqual(['applied']);
    expect(await row('comment', id)).toEqual(before);
  });

  test('A4: the grave of another’s comment is not rewritten either', async () => {
    const id = await made('comment', ada, { task_id: taskId });
    await api.pool.query('delete from comment where id = $1', [id]);
    const change: Write = { ...comment(id), kind: 'update', set: { body: 'Forged' } };
    expect(results(await new Writer(crew.member).write(change, comment(id)))).toEqual([
      'forbidden',
      'forbidden',
    ]);
    expect(results(await new Writer(crew.owner).write(comment(id)))).toEqual(['applied']);
    expect((await row('comment', id))?.body).toBe('Words');
  });

  test('A4: a comment of somebody who has left is an owner’s to delete and nobody’s to change', async () => {
    const id = await made('comment', { userId: 'gone', memberId: uuid(), name: 'Gone' }, { task_id: taskId });
    const change: Write = { ...comment(id), kind: 'update', set: { body: 'Forged' } };
    expect(results(await new Writer(crew.member).write(change, remove('comment', id)))).toEqual([
      ...['forbidden', 'forbidden'],
    ]);
    expect(results(await new Writer(crew.owner).write(change, remove('comment', id)))).toEqual([
      ...['forbidden', 'applied'],
    ]);
  });

  test('A4: another’s private booking is not there for anybody, however it is asked for, also when it is deleted', async () => {
    const id = await made('booking', ben, { private: true });
    const { version: _, updated_at: __, id: ___, ...given } = (await row('booking', id))!;
    const tries = (): Write[] => [
      { kind: 'update', table: 'booking', id: id.toUpperCase(), was: {}, clock: soon(), set: { title: 'x' } },
      { table: 'booking', id, was: {}, clock: soon(), set: set({ ...given, title: 'Forged' }) },
      { table: 'booking', id, was: {}, clock: soon(), set: set({ ...given, user_id: ada.userId }) },
      remove('booking', id),
    ];
    const all = ['unknown-row', 'forbidden', 'forbidden', 'unknown-row'];
    expect(results(await new Writer(crew.owner).write(...tries()))).toEqual(all);
    expect((await row('booking', id))?.title).toBe('Title');
    await api.pool.query('delete from booking where id = $1', [id]);
    expect(results(await new Writer(crew.owner).write(...tries()))).toEqual(all);
    const { rows } = await api.pool.query('select 1 from notice where row_id = $1', [id]);
    expect(rows).toEqual([]);
  });
});

test('A4: of two who make the same row at once, the second is judged by what the first has made', async () => {
  const id = uuid();
  const first = await api.pool.connect();
  try {
    await first.query('begin');
    const made = await first.query<{ verdicts: Verdict[] }>('select sync.apply_all($1, $2) as verdicts', [
      ben.userId,
      JSON.stringify([{ kind: 'insert', ...comment(id, { body: 'First' }) }]),
    ]);
    expect(made.rows[0]!.verdicts[0]!.status).toBe('applied');
    const second = new Writer(crew.owner).write(comment(id, { body: 'Second' }));
    await until('the second waits for the first', async () => {
      const { rows } = await api.pool.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%apply_all%'",
      );
      return rows.length > 0;
    });
    await first.query('commit');
    expect(results(await second)).toEqual(['forbidden']);
  } finally {
    first.release();
  }
  expect(await row('comment', id)).toMatchObject({ body: 'First', author_id: ben.memberId, author: 'Ben' });
});

describe('signed by the server', () => {
  test('A4: author and time of a new row are the server’s, of every table, whatever was sent', async () => {
    const started = Date.now();
    for (const table of tableNames) {
      const { signed, insert } = access[table];
      if (insert === 'nobody') continue;
      const id = uuid();
      const { row: sample } = await sampleRow(api.pool, workspaceId, table, ben);
      const forged = { author: 'Ada', author_id: null, created_at: '2001-01-01T00:00:00Z' };
      const given = Object.fromEntries(Object.entries(forged).filter(([k]) => signed.includes(k)));
      const [verdict] = await new Writer(crew.member).write({
        ...{ table, id, was: {}, clock: clockAt(started - 86_400_000), set: set({ ...sample, ...given }) },
      });
      const stored = (await row(table, id))!;
      expect([table, verdict!.status]).toEqual([table, 'applied']);
      expect([table, Date.parse(String(stored.created_at)) >= started - 1_000]).toEqual([table, true]);
      if (signed.includes('author')) expect([table, stored.author]).toEqual([table, 'Ben']);
      if (signed.includes('author_id')) expect([table, stored.author_id]).toEqual([table, ben.memberId]);
      if ('user_id' in stored) expect([table, stored.user_id]).toEqual([table, ben.userId]);
    }
  });

  test('A4: no column that says who or when is left to the client', () => {
    for (const table of tableNames) {
      const { signed, insert, owner } = access[table];
      if (insert === 'nobody') continue;
      expect(signed, table).toContain('created_at');
      // An account is compared with the session's, see sync.judge; nothing else names a person.
      if (owner === 'author_id') expect(signed).toContain('author_id');
    }
  });

  test('A2: another member is nobody’s to name as the author', async () => {
    const [id, own] = [uuid(), uuid()];
    const by = new Writer(crew.member);
    expect(results(await by.write(comment(id, { author_id: ada.memberId.toUpperCase() })))).toEqual([
      'forbidden',
    ]);
    expect(results(await by.write(comment(id, { author_id: gus.memberId })))).toEqual(['forbidden']);
    // An id that means nobody (one's own of before, for one) is as good as none.
    expect(results(await by.write(comment(own, { author_id: uuid() })))).toEqual(['applied']);
    expect(await row('comment', own)).toMatchObject({ author_id: ben.memberId, author: 'Ben' });
  });

  test('A4: what is imported, and says so, keeps its author’s name and its time', async () => {
    const [task, words, own, future] = [uuid(), uuid(), uuid(), uuid()];
    const foreign = { author: 'octocat', created_at: '2020-01-02T03:04:05+00:00' };
    const { row: sample } = await sampleRow(api.pool, workspaceId, 'task', null);
    const source = 'https://github.com/a/b/issues/1';
    const verdicts = await new Writer(crew.member).write(
      { table: 'task', id: task, was: {}, set: set({ ...sample, ...foreign, source }) },
      comment(words, { ...foreign, task_id: task }),
      comment(own, { ...foreign, task_id: task, author_id: ben.memberId }),
      comment(future, { ...foreign, task_id: task, created_at: '2999-01-01T00:00:00Z' }),
    );
    expect(results(verdicts)).toEqual(['applied', 'applied', 'applied', 'applied']);
    expect(await row('task', task)).toMatchObject({ ...foreign, author_id: null, source });
    expect(await row('comment', words)).toMatchObject({ ...foreign, author_id: null });
    expect(await row('comment', own)).toMatchObject({ author: 'Ben', author_id: ben.memberId });
    expect(Date.parse(String((await row('comment', own))?.created_at))).toBeGreaterThan(Date.now() - 60_000);
    expect(Date.parse(String((await row('comment', future))?.created_at))).toBeLessThanOrEqual(
      Date.now() + 1_000,
    );
  });
});

describe('people who may not', () => {
  test('A2: of seventeen operations none is for an outsider or a guest, and nothing changes', async () => {
    const ids = {
      project: await made('project', null),
      label: await made('label', null),
      task: await made('task', ada),
      comment: await made('comment', ada),
      booking: await made('booking', ada),
      resource: await made('resource', null),
      page: await made('page', ada),
    };
    const fresh = async (table: (typeof tableNames)[number]): Promise<Write> => ({
      ...{ table, id: uuid(), was: {}, set: set((await sampleRow(api.pool, workspaceId, table, ada)).row) },
    });
    const change = (table: keyof typeof ids, values: Values): Write => ({
      ...{ kind: 'update', table, id: ids[table].toUpperCase(), was: {}, clock: soon(), set: set(values) },
    });
    const operations = [
      ...(await Promise.all((['project', 'task', 'comment', 'booking', 'page'] as const).map(fresh))),
      ...(await Promise.all((['resource', 'stock_item'] as const).map(fresh))),
      change('project', { name: 'x' }),
      change('task', { title: 'x' }),
      change('comment', { body: 'x' }),
      change('booking', { title: 'x' }),
      change('page', { deleted_at: '2026-01-01T00:00:00Z' }),
      ...(['label', 'task', 'comment', 'booking', 'resource'] as const).map((t) => remove(t, ids[t])),
    ];
    expect(operations).toHaveLength(17);
    const state = async () => {
      const found = [];
      for (const table of tableNames) {
        if (table === 'notice') continue;
        const { rows } = await api.pool.query(`select id, version from "${table}" order by id`);
        found.push([table, rows]);
      }
      return found;
    };
    const before = await state();
    for (const person of [crew.outsider, crew.guest]) {
      const verdicts = await new Writer(person).write(...operations);
      expect(verdicts.map((v) => v.status)).toEqual(operations.map(() => 'refused'));
      const kinds = new Set(results(verdicts));
      expect([...kinds].every((kind) => ['forbidden', 'unknown-row'].includes(kind))).toBe(true);
    }
    expect(await state()).toEqual(before);
    const { rows } = await api.pool.query("select 1 from sync.register where life = ''");
    expect(rows).toEqual([]);
  });
});
