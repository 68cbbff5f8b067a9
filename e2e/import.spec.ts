// The import of GitHub issues through the settings page.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator } from '@playwright/test';
import type { App } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

const issue = (number: number, more: object) => ({
  number,
  id: `I_${number}`,
  title: `Issue ${number}`,
  url: `https://github.com/polar/station/issues/${number}`,
  state: 'OPEN',
  author: 'nansen',
  assignees: [],
  labels: [],
  body: '',
  createdAt: '2026-01-02T03:04:05Z',
  comments: [],
  ...more,
});

const small = {
  repo: 'polar/station',
  labels: [
    { name: 'ice', description: '', color: '1D76DB' },
    { name: 'wind', description: '', color: 'D93F0B' },
  ],
  issues: [
    issue(1, { labels: ['ice'], body: 'The bearing is frozen solid.' }),
    issue(2, {
      state: 'CLOSED',
      stateReason: 'COMPLETED',
      comments: [
        { author: 'amundsen', body: 'Seen again at dusk', createdAt: '2026-01-03T00:00:00Z' },
        { author: 'nansen', body: 'Fixed with heat', createdAt: '2026-01-04T00:00:00Z' },
      ],
    }),
    issue(3, { labels: ['wind'] }),
  ],
  pulls: [],
};

async function importFile(app: App, text: string): Promise<void> {
  const buffer = Buffer.from(text);
  await app.page
    .getByLabel('GitHub archive')
    .setInputFiles({ name: 'archive.json', mimeType: 'application/json', buffer });
}

const report = (app: App): Locator => app.page.getByRole('status').filter({ hasText: /Imported|Everything/ });

test('a small archive becomes a project, again changes nothing, and a broken one imports nothing', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const app = await (await device()).boardOf(team, team.owner);
  await app.goTo('Settings');

  // Broken files first: they say where, and leave nothing behind.
  const text = JSON.stringify(small, null, 2);
  await importFile(app, text.replace('"issues": [', '"issues": [,'));
  await expect(app.page.getByRole('alert')).toContainText(/line \d+, column \d+/);
  await expect(app.page.getByRole('alert')).toContainText('Nothing was imported.');
  await importFile(app, text.replace('"number": 2', '"number": "two"'));
  await expect(app.page.getByRole('alert')).toContainText('issues[1].number');
  await expect(app.page.getByRole('alert')).toContainText('Nothing was imported.');
  expect((await team.owner.rows(team.workspaceId, 'project')).size).toBe(1);

  await importFile(app, text);
  await expect(report(app)).toContainText('Imported 3 tasks, 2 comments, 2 labels.');
  await app.upToDate();
  const before = await Promise.all(tables.map((table) => team.owner.rows(team.workspaceId, table)));
  expect(before.map((rows) => rows.size)).toEqual([2, 3, 2, 2, 2]);

  await importFile(app, text);
  await expect(report(app)).toContainText('Everything in this file was there already; nothing has changed.');
  await app.upToDate();
  const after = await Promise.all(tables.map((table) => team.owner.rows(team.workspaceId, table)));
  expect(after).toEqual(before);

  await app.page.getByRole('button', { name: /^Open / }).click();
  await app.openTask('Issue 2');
  await expect(app.panel.getByText('Seen again at dusk')).toBeVisible();
  await expect(app.panel.getByText('Created by nansen')).toBeVisible();
  // Nobody here has said it: that is to be seen of the task and of each comment.
  await expect(app.panel.getByText('imported', { exact: true })).toHaveCount(
    1 + (await app.panel.getByRole('article').count()),
  );
  await expect(app.panel.getByRole('article', { name: /^Imported comment by / }).first()).toBeVisible();
  await app.openTask('Issue 1');
  await expect(app.field('Labels')).toHaveAccessibleName('Labels: ice');
  await expect(app.panel.getByText('The bearing is frozen solid.')).toBeVisible();
});

const tables = ['project', 'task', 'label', 'task_label', 'comment'];

/** A real archive that lies beside some checkouts: 205 issues with 514 comments. */
const archive = fileURLToPath(new URL('../../shared/data/github-issues.json', import.meta.url));

if (existsSync(archive)) {
  test('a real archive: 205 issues and 514 comments arrive on the server and on another device', async ({
    server,
    device,
  }) => {
    const team = await makeTeam(server, { others: ['Ben'] });
    const app = await (await device()).boardOf(team, team.owner);
    await app.goTo('Settings');
    await importFile(app, readFileSync(archive, 'utf8'));
    await expect(app.page.getByRole('progressbar', { name: 'Import' })).toBeVisible();
    await expect(report(app)).toContainText('Imported 205 tasks, 514 comments,', { timeout: 60_000 });
    await expect(app.chip).toHaveAccessibleName('Sync: Up to date', { timeout: 60_000 });
    expect((await team.owner.rows(team.workspaceId, 'task')).size).toBe(205);
    expect((await team.owner.rows(team.workspaceId, 'comment')).size).toBe(514);

    const other = await (await device()).tab();
    await other.page.goto('/');
    await other.signIn(team.others[0]!);
    await other.upToDate();
    await app.page.getByRole('button', { name: /^Open / }).click();
    await other.page.goto(app.page.url());
    const counts = async () => {
      const names = await other.main
        .getByRole('region', { name: / tasks?$/ })
        .evaluateAll((sections) =>
          sections.map((section) => Number(/, (\d+) tasks?$/.exec(section.ariaLabel ?? '')?.[1])),
        );
      return names.reduce((sum, count) => sum + count, 0);
    };
    await expect.poll(counts).toBe(205);
  });
}
