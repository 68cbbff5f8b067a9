// The device's SQL by itself: rows that yield to the server's, rows that change places, flagged answers, work that is
// held with what it hangs on. What the server would send is put where pglite-sync puts it.
import type { PGlite } from '@electric-sql/pglite';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { schema } from '../../db/tables';
import { openNodeEngineWithDatabase } from '../open-node';
import type { Engine } from './engine';
import { StoreError } from './store';

let engine: Engine;
let pg: PGlite;
const workspace = crypto.randomUUID();
const room = crypto.randomUUID();
let version = 10;

const hours = (from: number, to: number, day = 23) =>
  `[2026-11-${day} ${from}:00:00+00,2026-11-${day} ${to}:00:00+00)`;
const now = '2026-11-01T08:00:00Z';

/** The server's row as it comes down; null: gone. */
async function arrives(table: string, ...rows: Record<string, unknown>[]) {
  await pg.transaction(async (tx) => {
    for (const row of rows) {
      const all = { created_at: now, updated_at: now, version: ++version, ...row };
      await tx.query(
        `insert into sync.incoming ("table", row_id, "row")
         values ($1, $2, (select to_jsonb(r) - 'search' from jsonb_populate_record(null::public.${table}, $3) r))
         on conflict ("table", row_id) do update set "row" = excluded."row", error = null`,
        [table, row.id, JSON.stringify(all)],
      );
    }
    await tx.query(`select sync.apply_${table}(false)`);
  });
}

async function goes(table: string, id: string) {
  await pg.query('insert into sync.incoming ("table", row_id) values ($1, $2)', [table, id]);
  await pg.query(`select sync.apply_${table}(false)`);
}

const booking = (id: string, during: string, more: object = {}) => ({
  ...{ id, workspace_id: workspace, resource_id: room, user_id: 'ben', author: 'Ben', title: 'Theirs' },
  ...{ notes: '', during, status: 'confirmed', private: false, people: [], ...more },
});

async function write(sql: string, ...parameters: unknown[]) {
  return await engine.write(crypto.randomUUID(), [{ sql, parameters }]);
}

/** A booking of this device. @returns its id */
async function book(during: string, status = 'confirmed'): Promise<string> {
  const id = crypto.randomUUID();
  await write(
    `insert into booking (id, workspace_id, resource_id, user_id, title, during, status)
     values ($1, $2, $3, 'ada', 'Mine', $4, $5)`,
    ...[id, workspace, room, during, status],
  );
  return id;
}

async function statuses(...ids: string[]): Promise<(string | undefined)[]> {
  const { rows } = await pg.query<{ id: string; status: string }>('select id, status from booking');
  return ids.map((id) => rows.find((r) => r.id === id)?.status);
}

const rows = async (sql: string) => (await pg.query<Record<string, unknown>>(sql)).rows;

/** The server's answers to the oldest transactions, one operation each. */
async function answered(...verdicts: object[]) {
  const { rows: open } = await pg.query<{ n: string }>(
    'select distinct n from sync.outbox where verdict is null order by n limit $1',
    [verdicts.length],
  );
  const answers = open.map(({ n }, i) => ({ n: Number(n), verdicts: [verdicts[i]] }));
  await pg.query('select sync.answer($1, 1)', [JSON.stringify(answers)]);
}

const options = { userId: 'ada', baseUrl: '', sync: false };
let prepared: Blob;
beforeAll(async () => {
  const { engine: first, pg: empty } = await openNodeEngineWithDatabase(options);
  prepared = await empty.dumpDataDir('none');
  await first.close();
});
beforeEach(async () => {
  ({ engine, pg } = await openNodeEngineWithDatabase({ ...options, prepared }));
  await arrives('workspace', { id: workspace, name: 'Station' });
  await arrives('resource', {
    ...{ id: room, workspace_id: workspace, kind: 'room', name: 'Room', capacity: 4, color: '#112233' },
    ...{ time_zone: 'UTC', opens: '00:00', closes: '24:00', open_days: 127, position: 'a0', archived: false },
  });
});
afterEach(() => engine.close());

describe('a server row that clashes with an unsent booking', () => {
  test('R5, C2: the local one turns conflicted at once, what was written is kept, and the batch applies', async () => {
    const mine = await book(hours(10, 11));
    const batch = Array.from({ length: 50 }, (_, i) =>
      booking(crypto.randomUUID(), hours(10 + (i % 8), 11 + (i % 8), 1 + (i % 27)), {
        status: i < 27 ? 'confirmed' : 'tentative',
      }),
    );
    const theirs = batch[22]!;
    expect(theirs.during).toBe(hours(16, 17));
    const taker = booking(crypto.randomUUID(), hours(10, 12));
    await arrives('booking', ...batch, taker);
    expect(await statuses(mine, taker.id)).toEqual(['conflicted', 'confirmed']);
    expect(await rows('select count(*)::int as n from booking')).toEqual([{ n: 52 }]);
    expect(await rows('select * from sync.incoming')).toEqual([]);
    expect(
      await rows(`select set ->> 'status' as status from sync.outbox where "table" = 'booking'`),
    ).toEqual([{ status: 'confirmed' }]);
  });

  test('R5: it takes its place again when the obstacle goes or moves', async () => {
    const mine = await book(hours(10, 11));
    const taker = crypto.randomUUID();
    await arrives('booking', booking(taker, hours(10, 12)));
    await arrives('booking', booking(taker, hours(12, 13)));
    expect(await statuses(mine)).toEqual(['confirmed']);
    await arrives('booking', booking(taker, hours(9, 11)));
    expect(await statuses(mine)).toEqual(['conflicted']);
    await goes('booking', taker);
    expect(await statuses(mine)).toEqual(['confirmed']);
    expect(await rows('select * from sync.yielded')).toEqual([]);
  });

  test('R5: also when the server moves the local booking itself into the way', async () => {
    const [mine, taker] = [crypto.randomUUID(), crypto.randomUUID()];
    await arrives('booking', booking(mine, hours(8, 9)), booking(taker, hours(12, 13)));
    await write("update booking set title = 'Renamed', during = $2 where id = $1", mine, hours(10, 11));
    await arrives('booking', booking(taker, hours(10, 11)));
    expect(await rows(`select title, status from booking where id = '${mine}'`)).toEqual([
      { title: 'Renamed', status: 'conflicted' },
    ]);
  });

  test('R5: rows of the server that change places go in, beside one that cannot', async () => {
    const [one, two, odd] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    await arrives('booking', booking(one, hours(8, 9)), booking(two, hours(9, 10)));
    await arrives(
      'booking',
      booking(one, hours(9, 10)),
      booking(two, hours(8, 9)),
      booking(odd, hours(8, 9)),
    );
    // Two of the three want one time, which the server never has: whichever comes second waits.
    const places = await rows(`select id from booking order by during`);
    expect([two, odd]).toContain(places[0]!.id);
    expect(places.map((p) => p.id)).toEqual([places[0]!.id, one]);
    const waits = places[0]!.id === two ? odd : two;
    expect(await rows('select row_id from sync.incoming where error is not null')).toEqual([
      { row_id: waits },
    ]);
    await goes('booking', String(places[0]!.id));
    expect(await statuses(one, waits)).toEqual(['confirmed', 'confirmed']);
    expect(await rows('select * from sync.incoming')).toEqual([]);
  });

  test('R1: an answer that says flagged shows at once, and so does the row that follows', async () => {
    const mine = await book(hours(10, 11));
    const asks = await book(hours(14, 15), 'tentative');
    const violation = crypto.randomUUID();
    await answered(
      { status: 'flagged', version: '100', violation },
      { status: 'flagged', version: '101', violation },
    );
    expect(await statuses(mine, asks)).toEqual(['conflicted', 'tentative']);
    await arrives(
      'booking',
      booking(mine, hours(10, 11), { status: 'conflicted', version: 100, user_id: 'ada' }),
      booking(asks, hours(14, 15), { status: 'tentative', version: 101, user_id: 'ada' }),
    );
    expect(await statuses(mine, asks)).toEqual(['conflicted', 'tentative']);
    expect(await rows('select * from sync.outbox')).toEqual([]);
    expect(await rows('select * from sync.base')).toEqual([]);
  });

  test('R1, R5: a row waits for the place of one that was made here and has gone; when that is confirmed, it goes in', async () => {
    const mine = await book(hours(10, 11));
    await answered({ status: 'applied', version: '100' });
    // The read path brings its end before it has said that its beginning is there.
    await goes('booking', mine);
    const taker = crypto.randomUUID();
    await arrives('booking', booking(taker, hours(10, 12)));
    expect(await statuses(mine, taker)).toEqual(['confirmed', undefined]);
    expect(await rows('select row_id from sync.incoming where error is not null')).toEqual([
      { row_id: taker },
    ]);
    await pg.query(`select sync.confirm('booking', $1, 1)`, [workspace]);
    expect(await statuses(mine, taker)).toEqual([undefined, 'confirmed']);
    expect(await rows('select * from sync.incoming')).toEqual([]);
  });

  test('C1: what is known here to be taken is told before it is saved', async () => {
    await arrives('booking', booking(crypto.randomUUID(), hours(10, 12)));
    await expect(book(hours(11, 13))).rejects.toMatchObject({
      kind: 'constraint',
      rule: 'booking_no_overlap',
      message: schema.rules.booking_no_overlap!.sentence,
    });
    await book(hours(12, 13));
    await book(hours(11, 13), 'tentative');
  });
});

describe('work that hangs on a refused row', () => {
  const refusal = (kind: string, rule: string | null) => ({
    ...{ status: 'refused', kind, rule },
    sentence: 'No.',
  });

  /** A project of this device and a task in it, each in a transaction of its own. @returns the task's id */
  async function projectWithTask(): Promise<string> {
    const [project, task] = [crypto.randomUUID(), crypto.randomUUID()];
    await write(
      "insert into project (id, workspace_id, key, name, position) values ($1, $2, 'AB', 'Ops', 'a0')",
      ...[project, workspace],
    );
    await write(
      "insert into task (id, workspace_id, project_id, title, position) values ($1, $2, $3, 'Task', 'a0')",
      ...[task, workspace, project],
    );
    return task;
  }

  test('W3: is held with it, shown under it, and sent again with it in one transaction', async () => {
    const task = await projectWithTask();
    await write(
      "insert into comment (id, workspace_id, task_id, body) values ($1, $2, $3, 'Said')",
      ...[crypto.randomUUID(), workspace, task],
    );
    await write("update task set status = 'done' where id = $1", task);
    await answered(
      refusal('duplicate', 'project_key_unique'),
      refusal('parent-missing', 'task_project_exists'),
    );
    await answered(refusal('parent-missing', 'comment_task_exists'), refusal('unknown-row', null));
    expect(await rows('select id from project')).toEqual([]);
    const held = await rows(
      `select r."table", r.kind, p."table" as held_by from sync.refused r left join sync.refused p on p.id = r.held_by order by r.i`,
    );
    expect(held).toEqual([
      { table: 'project', kind: 'insert', held_by: null },
      { table: 'task', kind: 'insert', held_by: 'project' },
      { table: 'comment', kind: 'insert', held_by: 'task' },
      { table: 'task', kind: 'update', held_by: 'task' },
    ]);
    const { rows: first } = await pg.query<{ id: string }>('select id from sync.refused order by i limit 1');
    await expect(engine.resend(crypto.randomUUID(), first[0]!.id, { key: 'no good' })).rejects.toThrow(
      StoreError,
    );
    expect(await rows('select count(*)::int as n from sync.refused')).toEqual([{ n: 4 }]);
    const sent = await engine.resend(crypto.randomUUID(), first[0]!.id, { key: 'ABC' });
    expect(sent.changes.map((c) => `${c.kind} ${c.table}`)).toEqual([
      ...['insert project', 'insert task', 'insert comment', 'update task'],
    ]);
    expect(await rows('select key from project')).toEqual([{ key: 'ABC' }]);
    expect(await rows('select title, status from task')).toEqual([{ title: 'Task', status: 'done' }]);
    expect(await rows('select * from sync.refused')).toEqual([]);
    expect(await rows('select count(distinct n)::int as n from sync.outbox')).toEqual([{ n: 1 }]);
  });

  test('W1: a refused row that is discarded leaves what hung on it where it is', async () => {
    await projectWithTask();
    await answered(
      refusal('duplicate', 'project_key_unique'),
      refusal('parent-missing', 'task_project_exists'),
    );
    const { rows: first } = await pg.query<{ id: string }>(
      `select id from sync.refused where "table" = 'project'`,
    );
    await engine.discardRefused(first[0]!.id);
    expect(await rows('select "table", held_by from sync.refused')).toEqual([
      { table: 'task', held_by: null },
    ]);
  });
});

test('R5: an answer is taken also when a refused change leaves a row that does not fit', async () => {
  const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
  const label = (id: string, name: string) => ({ id, workspace_id: workspace, name, color: '#112233' });
  await arrives('label', label(one, 'Red'), label(two, 'Blue'));
  // Deleted here, and its name given to another one; the server refuses the deletion.
  await write('delete from label where id = $1', one);
  const mine = crypto.randomUUID();
  await write(
    "insert into label (id, workspace_id, name, color) values ($1, $2, 'Red', '#445566')",
    ...[mine, workspace],
  );
  await answered({ status: 'refused', kind: 'forbidden', rule: null, sentence: 'No.' });
  expect(await rows('select row_id, error is not null as parked from sync.incoming')).toEqual([
    { row_id: one, parked: true },
  ]);
  await answered({ status: 'refused', kind: 'duplicate', rule: 'label_name_unique', sentence: 'No.' });
  expect((await rows('select id from label order by name')).map((r) => r.id)).toEqual([two, one]);
  expect(await rows('select * from sync.incoming')).toEqual([]);
});

test('the rules that flag are the same in the registry and on the device, and name a constraint of the schema', async () => {
  const flagged = Object.entries(schema.rules).flatMap(([name, rule]) =>
    rule.stored === 'flagged' ? [{ constraint_name: name, table: rule.table, patch: rule.patch }] : [],
  );
  expect(flagged.length).toBeGreaterThan(0);
  expect(await rows('select constraint_name, "table", patch from sync.rule')).toEqual(flagged);
  for (const { constraint_name, table } of flagged) {
    expect(
      await rows(
        `select 1 from pg_constraint where conname = '${constraint_name}' and conrelid = 'public.${table}'::regclass`,
      ),
    ).toHaveLength(1);
  }
});
