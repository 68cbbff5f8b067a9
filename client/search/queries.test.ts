// The queries of the interface, run on a real PGlite with the client's migrations.
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DB } from '../../db/schema';
import { newId, taskLabelId } from '../../db/sync/ids';
import { members } from '../account/workspace-queries';
import { notices, parked, refusals } from '../app/inbox/queries';
import { restoreNotice, writeAgain } from '../app/inbox/restore';
import { keyBetween, keysBetween } from '../kit/position';
import { prefixQuery } from '../kit/prefix-query';
import { migrationFiles, openPGlite } from '../open-node';
import { bound } from '../sync/react/sql';
import type { Compilable } from '../sync/store';
import { labels, projects } from '../task/project-queries';
import { shownStatuses, statusCounts, taskComments, taskDetail, taskSlices } from '../task/queries';
import { changeTask, createTask, deleteTask, setLabel } from '../task/write';
import { MARK_OFF, MARK_ON, markedPieces, searchHits } from './queries';

const db = new Kysely<DB>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

let pg: Awaited<ReturnType<typeof openPGlite>>;
const workspace = newId();
const project = newId();
const ada = newId();
const label = newId();
const author = { id: ada, name: 'Ada' };
const ids: Record<string, string> = {};

async function run<R>(query: Compilable<R>): Promise<R[]> {
  const { sql: text, parameters } = query.compile();
  return (await pg.query<R>(text, [...parameters])).rows;
}

async function write(statements: readonly Compilable[]): Promise<void> {
  for (const statement of statements) await run(statement);
  await pg.query('select sync.read_words(1000)');
}

/** Rows that clients only read come from the server; here they are put in past the triggers. */
async function fromServer(statements: string): Promise<void> {
  await pg.exec(
    `set session_replication_role = replica; ${statements}; set session_replication_role = origin;
     select sync.read_words(1000)`,
  );
}

beforeAll(async () => {
  pg = await openPGlite(
    {},
    migrationFiles().filter((file) => !file.name.endsWith('.server.sql')),
  );
  await run({ compile: () => sql`insert into sync.client (client_id) values (${newId()})`.compile(db) });
  await fromServer(`
    insert into workspace (id, name) values ('${workspace}', 'Station');
    insert into member (id, workspace_id, user_id, name, email, role)
      values ('${ada}', '${workspace}', 'u1', 'Ada', 'ada@example.org', 'owner');
    insert into project (id, workspace_id, key, name, position) values ('${project}', '${workspace}', 'STN', 'Upkeep', 'a0');
    insert into label (id, workspace_id, name, color) values ('${label}', '${workspace}', 'Power', '#16a34a')`);
  const positions = keysBetween(null, null, 30);
  for (const [i, position] of positions.entries()) {
    const { id, statements } = createTask(db, {
      workspaceId: workspace,
      projectId: project,
      title: i === 7 ? 'Repair the Generator' : `Task ${i}`,
      description: i === 9 ? 'The generators hum; <b>see</b> the log.' : '',
      status: i < 20 ? 'todo' : 'doing',
      assigneeId: i % 2 === 0 ? ada : null,
      labels: i % 3 === 0 ? [label] : [],
      position,
      author,
    });
    ids[i] = id;
    await write(statements);
  }
  await run(
    db.insertInto('comment').values({
      id: newId(),
      workspace_id: workspace,
      task_id: ids[3]!,
      body: 'Ask about the generator first',
      author_id: ada,
      author: 'Ada',
    }),
  );
});
afterAll(() => pg.close());

const titles = (rows: { title: string }[]) => rows.map((row) => row.title);

test('slices give pieces of status groups in manual order, with labels, comments and the mark', async () => {
  const rows = await run(
    taskSlices(db, project, {}, [
      { status: 'todo', offset: 2, limit: 3 },
      { status: 'doing', offset: 0, limit: 2 },
    ]),
  );
  const of = (status: string) =>
    rows.filter((row) => row.status === status).sort((a, b) => (a.position < b.position ? -1 : 1));
  expect(titles(of('todo'))).toEqual(['Task 2', 'Task 3', 'Task 4']);
  expect(titles(of('doing'))).toEqual(['Task 20', 'Task 21']);
  expect(of('todo')[1]).toMatchObject({ id: ids[3], labels: [label], comments: 1, pending: true });
  expect(of('todo')[0]).toMatchObject({ labels: [], comments: 0 });
});

test('a task that the server has answered is no longer marked as waiting', async () => {
  await fromServer(
    `update sync.outbox set verdict = '{"status":"applied","version":"1"}' where row_id = '${ids[5]}'`,
  );
  const [row] = await run(taskSlices(db, project, {}, [{ status: 'todo', offset: 5, limit: 1 }]));
  expect(row).toMatchObject({ id: ids[5], pending: false });
  expect(await run(taskDetail(db, ids[5]!))).toMatchObject([{ id: ids[5], pending: false }]);
  expect(await run(taskDetail(db, ids[6]!))).toMatchObject([{ pending: true, labels: [label] }]);
});

test('filters hold for slices and for counts alike', async () => {
  const cases = [
    { assignee: [ada] },
    { assignee: ['none'] },
    { assignee: ['none', ada] },
    { label: [label] },
    { q: 'generat' },
    { label: [label], assignee: [ada], q: 'task' },
    { q: '!!!' },
  ];
  for (const f of cases) {
    const counts = await run(statusCounts(db, project, f));
    const rows = await run(
      taskSlices(
        db,
        project,
        f,
        shownStatuses(f).map((status) => ({ status, offset: 0, limit: 100 })),
      ),
    );
    const total = counts.reduce((sum, row) => sum + row.count, 0);
    expect(rows.length, JSON.stringify(f)).toBe(total);
  }
  expect(
    titles(await run(taskSlices(db, project, { q: 'generat' }, [{ status: 'todo', offset: 0, limit: 9 }]))),
  ).toEqual(['Repair the Generator', 'Task 9']);
});

test('search finds tasks and comments by beginnings of words, titles first, and marks what it found', async () => {
  const hits = await run(searchHits(db, workspace, prefixQuery('GENER')!, 10));
  expect(hits.map((hit) => [hit.kind, hit.title])).toEqual([
    ['task', 'Repair the Generator'],
    ['task', 'Task 9'],
    ['comment', 'Task 3'],
  ]);
  const pieces = markedPieces(hits[1]!.excerpt);
  expect(pieces.filter((piece) => piece.found).map((piece) => piece.text)).toEqual(['generators']);
  expect(pieces.map((piece) => piece.text).join('')).not.toMatch(new RegExp(`[${MARK_ON}${MARK_OFF}]`));
  expect(prefixQuery("it's & (odd):* | <->")).toBe('it:* & s:* & odd:*');
  expect(await run(searchHits(db, workspace, prefixQuery("it's & (odd):* | <->")!, 10))).toEqual([]);
  expect(prefixQuery(' …! ')).toBeNull();
});

test('D3: search finds words in the bodies of pages, far down too, and marks the place', async () => {
  const [winter, binned] = [newId(), newId()];
  await fromServer(`
    insert into page (id, workspace_id, title, position, deleted_at) values
      ('${winter}', '${workspace}', 'Winter', 'a0', null), ('${binned}', '${workspace}', 'Diesel', 'a1', now());
    insert into sync.document_text (document_id, workspace_id, body) values
      ('${winter}', '${workspace}', repeat('Snow and ice. ', 20000) || 'Order the Diesel in time.')`);
  const hits = await run(searchHits(db, workspace, prefixQuery('dies')!, 10));
  expect(hits).toMatchObject([{ kind: 'page', id: winter, title: 'Winter' }]);
  expect(markedPieces(hits[0]!.excerpt).filter((piece) => piece.found)).toEqual([
    { text: 'Diesel', found: true },
  ]);
});

test('small tables are read whole and in order', async () => {
  expect(await run(members(db, workspace))).toMatchObject([{ id: ada, role: 'owner' }]);
  expect(await run(labels(db, workspace))).toMatchObject([{ id: label, name: 'Power' }]);
  expect(await run(projects(db, workspace))).toMatchObject([{ id: project, archived: false }]);
  expect(await run(taskComments(db, ids[3]!))).toMatchObject([{ author: 'Ada', pending: true }]);
});

test('a label is put on once, whoever does it, and comes off', async () => {
  await write([
    ...setLabel(db, workspace, ids[1]!, label, true),
    ...setLabel(db, workspace, ids[1]!, label, true),
  ]);
  expect(await run(taskDetail(db, ids[1]!))).toMatchObject([{ labels: [label] }]);
  const made = await run(db.selectFrom('task_label').select('id').where('task_id', '=', ids[1]!));
  expect(made).toEqual([{ id: taskLabelId(ids[1]!, label) }]);
  await write(setLabel(db, workspace, ids[1]!, label, false));
  expect(await run(taskDetail(db, ids[1]!))).toMatchObject([{ labels: [] }]);
});

test('a notice is restored by one transaction that sets the field and resolves it', async () => {
  const notice = newId();
  await fromServer(`insert into notice (id, workspace_id, user_id, kind, "table", row_id, field, lost, kept, by_name)
    values ('${notice}', '${workspace}', 'u1', 'lost', 'task', '${ids[2]}', 'title', '"Mine"', '"Theirs"', 'Ben')`);
  const [row] = await run(notices(db, 'u1'));
  expect(row).toMatchObject({ field: 'title', lost: 'Mine', kept: 'Theirs', task_title: 'Task 2' });
  await write(restoreNotice(db, row!));
  expect(await run(taskDetail(db, ids[2]!))).toMatchObject([{ title: 'Mine' }]);
  expect(await run(notices(db, 'u1'))).toEqual([]);
});

test('a deleted row comes back from its notice with all that a client may write', async () => {
  const [before] = await run(db.selectFrom('task').selectAll().where('id', '=', ids[4]!));
  const [lost] = await run(
    bound<{ row: unknown }>(db, sql`select to_jsonb(t) as row from task t where id = ${ids[4]}`),
  );
  await write(deleteTask(db, ids[4]!));
  expect(await run(taskDetail(db, ids[4]!))).toEqual([]);
  const notice = newId();
  await fromServer(`insert into notice (id, workspace_id, user_id, kind, "table", row_id, lost, by_name)
    values ('${notice}', '${workspace}', 'u1', 'deleted', 'task', '${ids[4]}', '${JSON.stringify(lost!.row).replaceAll("'", "''")}', 'Ben')`);
  const [row] = await run(notices(db, 'u1'));
  await write(restoreNotice(db, row!));
  const [after] = await run(db.selectFrom('task').selectAll().where('id', '=', ids[4]!));
  const fields = [
    'title',
    'status',
    'position',
    'assignee_id',
    'author',
    'project_id',
    'created_at',
  ] as const;
  for (const field of fields) expect(after![field], field).toEqual(before![field]);
});

test('a refused operation can be written again; what a client may not write is left out', async () => {
  await fromServer(`insert into sync.refused ("table", row_id, workspace_id, kind, set, was, refusal, sentence)
    values ('task', '${ids[8]}', '${workspace}', 'update', '{"status":"done"}', '{"status":"todo"}', 'forbidden', 'No.')`);
  const [entry] = await run(refusals(db));
  expect(entry).toMatchObject({ table: 'task', kind: 'update', sentence: 'No.' });
  const change = { table: 'task', rowId: ids[8]!, kind: 'update' };
  await write(writeAgain(db, { ...change, values: entry!.set as Record<string, unknown> }));
  expect(await run(taskDetail(db, ids[8]!))).toMatchObject([{ status: 'done' }]);
  expect(writeAgain(db, { ...change, values: { version: 9 } })).toEqual([]);
  expect(writeAgain(db, { ...change, table: 'pg_class', values: { relname: 'x' } })).toEqual([]);
  const again = {
    title: 'Again',
    project_id: project,
    status: 'todo',
    position: 'a5',
    workspace_id: workspace,
  };
  const rowId = newId();
  await write(writeAgain(db, { table: 'task', rowId, kind: 'insert', values: again }));
  expect(await run(taskDetail(db, rowId))).toMatchObject([{ title: 'Again' }]);
  expect(await run(parked(db))).toEqual([]);
});

test('a moved task sorts between its neighbours', async () => {
  const order = () =>
    run(taskSlices(db, project, {}, [{ status: 'doing', offset: 0, limit: 5 }])).then((rows) =>
      rows.sort((a, b) => (a.position < b.position ? -1 : 1)),
    );
  const [first, second, third] = await order();
  await write(changeTask(db, third!.id, { position: keyBetween(first!.position, second!.position) }));
  expect((await order()).slice(0, 3).map((row) => row.id)).toEqual([first!.id, third!.id, second!.id]);
});
