// The plan of a GitHub import: what each part of an archive becomes, that broken files give one kind of error, and
// that the database takes every row of every plan.
import { existsSync, readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../sync/migrate';
import {
  type GithubImportContext,
  GithubImportError,
  type GithubImportPlan,
  planGithubImport,
} from './github';

const workspaceId = '0198c000-0000-7000-8000-000000000001';
const empty: GithubImportContext = { workspaceId, projects: [], labels: [], members: [] };
const day = '2024-05-06T07:08:09Z';

function issue(number: number, more: object = {}) {
  return {
    number,
    id: `I_${number}`,
    title: `Issue ${number}`,
    url: `https://github.com/o/r/issues/${number}`,
    state: 'OPEN',
    author: 'ada',
    assignees: [],
    labels: [],
    body: 'Text',
    createdAt: day,
    comments: [],
    ...more,
  };
}

function plan(archive: object, context: GithubImportContext = empty): GithubImportPlan {
  return planGithubImport(
    JSON.stringify({ repo: 'o/red-green-blue', labels: [], issues: [], ...archive }),
    context,
  );
}

function errorOf(file: string): GithubImportError {
  try {
    planGithubImport(file, empty);
  } catch (error) {
    if (error instanceof GithubImportError) return error;
    throw error;
  }
  throw new Error('it was imported');
}

describe('what becomes what', () => {
  test('the repository becomes a project with a free key', () => {
    expect(plan({}).project).toMatchObject({ key: 'RGB', name: 'o/red-green-blue', position: 'a0' });
    const projects = [{ id: 'x', key: 'RGB', position: 'a4' }];
    expect(plan({}, { ...empty, projects }).project).toMatchObject({ key: 'RGB2', position: 'a5' });
    expect(plan({ repo: 'o/9' }).project.key).toBe('GH');
    const own = [{ id: plan({}).project.id, key: 'RGB', position: 'not a key of ours' }];
    expect(plan({}, { ...empty, projects: own }).project.key).toBe('RGB');
  });

  test('states', () => {
    const issues = [
      issue(1),
      issue(2, { state: 'CLOSED' }),
      issue(3, { state: 'CLOSED', stateReason: 'COMPLETED' }),
      issue(4, { state: 'CLOSED', stateReason: 'NOT_PLANNED' }),
      issue(5, { stateReason: 'REOPENED' }),
    ];
    expect(plan({ issues }).tasks.map((t) => t.status)).toEqual([
      'todo',
      'done',
      'done',
      'cancelled',
      'todo',
    ]);
  });

  test('author, text, time and address are kept; tasks are in the order of their numbers', () => {
    const { tasks } = plan({
      issues: [issue(10, { body: 'a\r\nb' }), issue(9, { body: null, author: null })],
    });
    expect(tasks.map((t) => t.title)).toEqual(['Issue 9', 'Issue 10']);
    expect(tasks[0]).toMatchObject({ description: '', author: '' });
    expect(tasks[1]).toMatchObject({
      description: 'a\nb',
      author: 'ada',
      created_at: '2024-05-06T07:08:09.000Z',
      source: 'https://github.com/o/r/issues/10',
    });
    expect([...tasks].sort((a, b) => (a.position < b.position ? -1 : 1))).toEqual(tasks);
  });

  test('an address that is not of the web is no source; the issue is named instead', () => {
    const { tasks, report } = plan({ issues: [issue(1, { url: 'javascript:alert(1)' })] });
    expect(tasks[0]?.source).toMatch(/^GitHub o\/red-green-blue \d+$/);
    expect(report.notes.map((n) => n.place)).toEqual(['issues[0].url']);
  });

  test('assignees are members where a name or an address says so, and named in the description otherwise', () => {
    const members = [
      { id: 'm1', name: 'Grace', email: 'hopper@example.org' },
      { id: 'm2', name: 'Ada Lovelace', email: 'ada@example.org' },
    ];
    const { tasks } = plan(
      { issues: [issue(1, { assignees: ['linus', 'ADA', 'grace'] })] },
      { ...empty, members },
    );
    expect(tasks[0]).toMatchObject({
      assignee_id: 'm2',
      description: 'Text\n\nAssigned on GitHub: linus, grace',
    });
  });

  test('labels: equal but for case is equal, those of the workspace are used, unknown ones are made', () => {
    const archive = {
      labels: [{ name: 'Bug', color: 'F6C11D' }, { name: 'bug', color: '000000' }, { name: 'Idea' }],
      issues: [issue(1, { labels: ['bug', 'Bug', 'IDEA', 'late'] })],
    };
    const result = plan(archive, { ...empty, labels: [{ id: 'known', name: 'idea' }] });
    expect(result.labels.map((l) => [l.name, l.color])).toEqual([
      ['Bug', '#f6c11d'],
      ['late', '#8b949e'],
    ]);
    expect(result.taskLabels.map((t) => t.label_id)).toEqual([
      result.labels[0]?.id,
      'known',
      result.labels[1]?.id,
    ]);
    expect(result.report.notes.map((n) => n.place)).toEqual(['issues[0].labels[3]']);
  });

  test('comments with equal author and time are told apart, empty ones are left out and noted', () => {
    const comment = { author: 'ada', createdAt: day, body: 'x' };
    const { comments, report } = plan({
      issues: [issue(1, { comments: [comment, comment, { ...comment, body: '' }] })],
    });
    expect(new Set(comments.map((c) => c.id)).size).toBe(2);
    expect(report).toMatchObject({ comments: 3, notes: [{ place: 'issues[0].comments[2].body' }] });
  });

  test('what is too long is cut and noted', () => {
    const { tasks, comments, report } = plan({
      issues: [
        issue(1, {
          title: '😀'.repeat(501),
          body: 'ö'.repeat(300_000),
          comments: [{ author: 'a'.repeat(201), createdAt: day, body: 'x'.repeat(400_001) }],
        }),
      ],
    });
    expect([...(tasks[0]?.title ?? '')]).toHaveLength(500);
    expect(Buffer.byteLength(tasks[0]?.description ?? '')).toBeLessThanOrEqual(400_000);
    expect(tasks[0]?.description).toMatch(/ö\n\n\[cut at import\]$/);
    expect(Buffer.byteLength(comments[0]?.body ?? '')).toBe(400_000);
    expect(report.notes.map((n) => n.place)).toEqual([
      'issues[0].title',
      'issues[0].body',
      'issues[0].comments[0].body',
      'issues[0].comments[0].author',
    ]);
  });

  test('the same file gives the same ids; another workspace gives others', () => {
    const archive = {
      labels: [{ name: 'a' }],
      issues: [issue(1, { labels: ['a'], comments: [{ createdAt: day, body: 'x' }] })],
    };
    const ids = (p: GithubImportPlan) =>
      [p.project, ...p.labels, ...p.tasks, ...p.taskLabels, ...p.comments].map((r) => r.id);
    expect(ids(plan(archive))).toEqual(ids(plan(archive)));
    const other = ids(plan(archive, { ...empty, workspaceId: '0198c000-0000-7000-8000-000000000002' }));
    expect(ids(plan(archive)).filter((id) => other.includes(id))).toEqual([]);
  });

  test('pull requests are counted and left out', () => {
    expect(plan({ pulls: [{}, {}] }).report.pullsLeftOut).toBe(2);
  });
});

describe('broken files', () => {
  test.each([
    ['{"repo": "o/r",\n "issues": [,]}', 'not-json', 'line 2, column 13'],
    ['', 'not-json', 'line 1, column 1'],
    ['null', 'wrong-shape', 'the file'],
    ['{"repo": "o/r"}', 'wrong-shape', 'issues'],
    [
      JSON.stringify({ repo: 'o/r', issues: [issue(1), issue(2, { title: 3 })] }),
      'wrong-shape',
      'issues[1].title',
    ],
    [
      JSON.stringify({ repo: 'o/r', issues: [issue(1, { comments: [{ createdAt: day, body: 5 }] })] }),
      'wrong-shape',
      'issues[0].comments[0].body',
    ],
    [
      JSON.stringify({ repo: 'o/r', issues: [issue(1, { createdAt: '0000-01-01T00:00:00Z' })] }),
      'wrong-shape',
      'issues[0].createdAt',
    ],
  ])('%j', (file, kind, place) => {
    const error = errorOf(file);
    expect(error).toMatchObject({ kind, place });
    expect(error.message).toContain(place);
  });

  test('an issue that stands twice is taken once, and noted', () => {
    const { tasks, report } = plan({ issues: [issue(1), issue(1)] });
    expect(tasks).toHaveLength(1);
    expect(report.notes).toHaveLength(1);
  });
});

/** Texts as bad as they come. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', ' ', '\0', '\ud800', 'İ', 'ΣΑΣ', '\r', "'; drop table task; --", '%s', '\\', '\u2028'),
);
const time = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
    .map((d) => d.toISOString()),
  fc.constantFrom(day, '2024-01-01T00:00:00.123456+05:30'),
);
const archives = fc.record({
  repo: fc.string({ unit: 'binary', minLength: 1 }),
  labels: fc.array(fc.record({ name: nasty, color: fc.option(fc.oneof(nasty, fc.constant('F6C11D'))) }), {
    maxLength: 5,
  }),
  issues: fc.array(
    fc.record({
      number: fc.nat({ max: 5 }),
      id: fc.string({ minLength: 1, maxLength: 2 }),
      title: fc.oneof(nasty, fc.constant('x'.repeat(600))),
      url: fc.option(fc.oneof(nasty, fc.webUrl())),
      state: fc.constantFrom('OPEN', 'CLOSED'),
      author: fc.option(fc.oneof(nasty, fc.constant('é'.repeat(300)))),
      assignees: fc.array(nasty, { maxLength: 2 }),
      labels: fc.array(nasty, { maxLength: 4 }),
      body: fc.option(nasty),
      createdAt: time,
      comments: fc.array(fc.record({ author: nasty, body: fc.option(nasty), createdAt: time }), {
        maxLength: 3,
      }),
    }),
    { maxLength: 5 },
  ),
});

describe('any archive', () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create({ extensions: { btree_gist } });
    const files = Object.entries(
      import.meta.glob<string>('../../migrations/*.sql', { query: '?raw', import: 'default', eager: true }),
    ).map(([path, sql]) => ({ name: path.split('/').at(-1) ?? path, sql }));
    const shared = files.filter((f) => /^\d{4}_\w+\.sql$/.test(f.name));
    await migrate(
      { query: (sql, params) => database.query(sql, params), exec: (sql) => database.exec(sql) },
      shared,
      'client',
    );
    await database.query('insert into workspace (id, name) values ($1, $2)', [workspaceId, 'Test']);
  });
  afterAll(() => database.close());

  async function insertAll(p: GithubImportPlan): Promise<void> {
    const rows = {
      project: [p.project],
      label: p.labels,
      task: p.tasks,
      task_label: p.taskLabels,
      comment: p.comments,
    };
    for (const [table, list] of Object.entries(rows)) {
      const columns = Object.keys(list[0] ?? { id: '' }).join(', ');
      await database.query(
        `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1)`,
        [list],
      );
    }
  }

  test('the database takes every row of a plan', async () => {
    await fc.assert(
      fc.asyncProperty(archives, async (archive) => {
        const planned = planGithubImport(JSON.stringify(archive), empty);
        await database.exec('begin');
        try {
          await insertAll(planned);
        } finally {
          await database.exec('rollback');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a file is imported or refused with the one kind of error', () => {
    const mutated = archives.chain((archive) => {
      const text = JSON.stringify(archive);
      return fc.oneof(
        fc
          .tuple(fc.nat({ max: text.length }), fc.nat({ max: 5 }), fc.string())
          .map(([at, drop, put]) => text.slice(0, at) + put + text.slice(at + drop)),
        fc.constant(text.replace(/"[^"]*"/, '7')),
      );
    });
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          fc.json(),
          fc.string(),
          fc.json().map((j) => `{"repo":"o/r","issues":[${j}]}`),
        ),
        (file) => {
          try {
            planGithubImport(file, empty);
          } catch (error) {
            expect(error).toBeInstanceOf(GithubImportError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  const archive = new URL('../../../shared/data/github-issues.json', import.meta.url);
  const there = existsSync(archive);
  test(`the archive of a real repository${there ? '' : ' (not here: ../shared/data/github-issues.json)'}`, async ({
    annotate,
  }) => {
    if (!there) {
      await annotate('not run: the data file is not on this machine', 'notice');
      return;
    }
    const planned = planGithubImport(readFileSync(archive, 'utf8'), empty);
    expect(planned.report).toMatchObject({
      issues: 205,
      comments: 514,
      labels: 26,
      pullsLeftOut: 407,
      notes: [],
    });
    expect(planned.tasks).toHaveLength(205);
    expect(planned.comments).toHaveLength(514);
    expect(planned.labels).toHaveLength(26);
    await database.exec('begin');
    await insertAll(planned);
    await database.exec('rollback');
  });
});
