// The import through the real store on a real PGlite: counts, doing it again, what is there already, an early end.
// Sending what it wrote is the outbox's business and tested there.
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrationFiles, openNodeStore, openPGlite } from '../../open-node';
import type { Store } from '../../sync/store';
import { importGithub } from './import';

const workspaceId = '0198c000-0000-7000-8000-000000000001';
const memberId = '0198c000-0000-7000-8000-000000000002';
const day = '2024-05-06T07:08:09Z';

/** A device's database after its first load: a workspace and a member, as the server sent them. */
let loaded: Blob;
let store: Store;

beforeAll(async () => {
  const pg = await openPGlite({}, migrationFiles());
  await pg.exec(`set session_replication_role = replica;
    insert into workspace (id, name, version) values ('${workspaceId}', 'Test', 1);
    insert into member (id, workspace_id, user_id, name, email, role, version)
      values ('${memberId}', '${workspaceId}', 'u1', 'ada', 'ada@example.org', 'owner', 1);`);
  loaded = await pg.dumpDataDir('none');
  await pg.close();
});
beforeEach(async () => {
  store = await openNodeStore({ userId: 'u1', baseUrl: '', sync: false, prepared: loaded });
});
afterEach(() => store.close());

function archive(count: number, comments = 1): string {
  const comment = (i: number) => ({ author: 'ben', body: `Comment ${i}`, createdAt: day });
  return JSON.stringify({
    repo: 'o/red-green',
    labels: [{ name: 'Bug', color: 'F6C11D' }],
    issues: Array.from({ length: count }, (_, i) => ({
      number: i + 1,
      id: `I_${i + 1}`,
      title: `Issue ${i + 1}`,
      url: `https://github.com/o/red-green/issues/${i + 1}`,
      state: 'OPEN',
      author: 'ada',
      assignees: ['ada'],
      labels: ['Bug'],
      body: 'Text',
      createdAt: day,
      comments: Array.from({ length: comments }, (_, k) => comment(k)),
    })),
    pulls: [{}],
  });
}

async function counts(): Promise<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const table of ['project', 'label', 'task', 'task_label', 'comment', 'sync.outbox'] as const) {
    const query = store.db.selectFrom(table).select((e) => e.fn.countAll<string>().as('n'));
    result[table] = Number((await store.read(query))[0]?.n);
  }
  return result;
}

describe('importing an archive', () => {
  test('writes it once, in transactions that the outbox can send', async () => {
    const progress: number[] = [];
    const report = await importGithub(store, archive(200), {
      workspaceId,
      onProgress: ({ done, total }) => {
        expect(total).toBe(601);
        progress.push(done);
      },
    });
    expect(report).toMatchObject({
      complete: true,
      inserted: { labels: 1, tasks: 200, taskLabels: 200, comments: 200 },
      pullsLeftOut: 1,
      notes: [],
      project: { key: 'RG', name: 'o/red-green' },
    });
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(601);
    const after = { project: 1, label: 1, task: 200, task_label: 200, comment: 200, 'sync.outbox': 602 };
    expect(await counts()).toEqual(after);
    const sizes = await store.read(
      store.db
        .selectFrom('sync.outbox')
        .select((e) => e.fn.countAll<string>().as('n'))
        .groupBy('n'),
    );
    expect(Math.max(...sizes.map((s) => Number(s.n)))).toBeLessThanOrEqual(150);
    expect(store.status().unsent).toBe(sizes.length);

    const again = await importGithub(store, archive(200), { workspaceId });
    expect(again).toMatchObject({
      complete: true,
      project: report.project,
      inserted: { labels: 0, tasks: 0, taskLabels: 0, comments: 0 },
    });
    expect(await counts()).toEqual(after);
  });

  test('what is there stays as it is; what the file has more is added', async () => {
    const { project } = await importGithub(store, archive(2), { workspaceId });
    const [first] = await store.read(store.db.selectFrom('task').selectAll().orderBy('position'));
    expect(first).toMatchObject({ title: 'Issue 1', assignee_id: memberId, author: 'ada', status: 'todo' });
    await store.write(
      store.db.updateTable('task').set({ title: 'Mine' }).where('id', '=', first!.id),
      store.db.deleteFrom('task_label').where('task_id', '=', first!.id),
    );
    const more = await importGithub(store, archive(3, 2), { workspaceId });
    expect(more.inserted).toEqual({ labels: 0, tasks: 1, taskLabels: 1, comments: 4 });
    expect(more.project).toEqual(project);
    const tasks = await store.read(store.db.selectFrom('task').select('title').orderBy('position'));
    expect(tasks.map((t) => t.title)).toEqual(['Mine', 'Issue 2', 'Issue 3']);
    expect(await counts()).toMatchObject({ task: 3, task_label: 2, comment: 6 });
  });

  test('a label of the workspace with that name is used, and a taken key gets a number', async () => {
    const scoped = { workspace_id: workspaceId };
    const label = { id: '0198c000-0000-7000-8000-000000000003', ...scoped, name: 'bug', color: '#000000' };
    const project = {
      id: '0198c000-0000-7000-8000-000000000004',
      ...scoped,
      key: 'RG',
      name: 'R',
      position: 'a0',
    };
    await store.write(
      store.db.insertInto('label').values(label),
      store.db.insertInto('project').values(project),
    );
    const report = await importGithub(store, archive(1), { workspaceId });
    expect(report.project.key).toBe('RG2');
    expect(await counts()).toMatchObject({ label: 1, project: 2, task_label: 1 });
  });

  test('a broken file imports nothing', async () => {
    await expect(importGithub(store, archive(3).slice(0, -2), { workspaceId })).rejects.toMatchObject({
      name: 'GithubImportError',
      kind: 'not-json',
    });
    expect(await counts()).toMatchObject({ project: 0, task: 0, 'sync.outbox': 0 });
  });

  test('ended early, it is finished by doing it again', async () => {
    const stop = new AbortController();
    const part = await importGithub(store, archive(200), {
      workspaceId,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done > 100) stop.abort();
      },
    });
    expect(part.complete).toBe(false);
    expect(part.inserted.tasks).toBeGreaterThan(0);
    expect(part.inserted.tasks).toBeLessThan(200);
    const rest = await importGithub(store, archive(200), { workspaceId });
    expect(rest.complete).toBe(true);
    expect(part.inserted.tasks + rest.inserted.tasks).toBe(200);
    expect(await counts()).toMatchObject({ task: 200, task_label: 200, comment: 200 });
  });

  const file = new URL('../../../../shared/data/github-issues.json', import.meta.url);
  const there = existsSync(file);
  test(`the archive of a real repository${there ? '' : ' (not here: ../shared/data/github-issues.json)'}`, async ({
    annotate,
  }) => {
    if (!there) {
      await annotate('not run: the data file is not on this machine', 'notice');
      return;
    }
    const text = readFileSync(file, 'utf8');
    const report = await importGithub(store, text, { workspaceId });
    expect(report.inserted).toMatchObject({ labels: 26, tasks: 205, comments: 514 });
    expect(report.pullsLeftOut).toBe(407);
    const after = await counts();
    expect(after).toMatchObject({ project: 1, label: 26, task: 205, comment: 514 });
    await importGithub(store, text, { workspaceId });
    expect(await counts()).toEqual(after);
  });
});
