// The main screens under axe, light and dark, on a desk and on a phone: nothing serious or critical.

import { randomUUID } from 'node:crypto';
import AxeBuilder from '@axe-core/playwright';
import type { App } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

const sizes = [
  ['desktop', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const;
const themes = ['light', 'dark'] as const;

for (const [size, viewport] of sizes) {
  for (const theme of themes) {
    test(`no serious or critical finding of axe: ${size}, ${theme}`, async ({ server, device }) => {
      const team = await makeTeam(server, {
        others: ['Ben', 'Gus?'],
        tasks: [
          {
            title: 'Pump',
            status: 'doing',
            description: '# Steps\n\n- one\n- two\n\n`code` and a [link](https://example.org)',
          },
          'Valve',
          { title: 'Hatch', status: 'done' },
        ],
      });
      const labelId = randomUUID();
      const label = { workspace_id: team.workspaceId, name: 'ice', color: '#ca8a04' };
      await team.owner.write([{ kind: 'insert', table: 'label', id: labelId, set: label }]);
      const browser = await device({ viewport, colorScheme: theme });
      const app = await browser.tab();
      const findings: string[] = [];
      const look = async (screen: string) => findings.push(...(await serious(app, screen)));

      await app.page.goto('/sign-in');
      await expect(app.page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
      await look('sign-in');
      await app.page.goto(`/w/${team.workspaceId}/p/${team.projectId}/board`);
      await app.signIn(team.owner);
      await app.upToDate();
      await expect(app.card('Valve')).toBeVisible();
      await look('board');

      const at = async (path: string, heading: string) => {
        await app.page.goto(`/w/${team.workspaceId}/${path}`);
        await expect(app.page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
        await app.upToDate();
      };
      await at(`p/${team.projectId}/list`, team.projectName);
      await app.openTask('Valve');
      await app.choose('Assignee', 'Ben');
      await app.choose('Priority', 'Urgent');
      await app.comment('Looks fine');
      await look('task');
      await app.closeTask();
      await look('list');
      await app.openTask('Pump');
      await look('task with a description');
      await app.closeTask();

      await app.page.keyboard.press('c');
      await expect(app.page.getByRole('dialog', { name: 'New task' })).toBeVisible();
      await look('new task');
      await app.page.keyboard.press('Escape');
      await app.page.keyboard.press('ControlOrMeta+k');
      await expect(app.page.getByRole('dialog', { name: 'Command palette' })).toBeVisible();
      await look('palette');
      await app.page.keyboard.press('Escape');
      await app.chip.click();
      await expect(app.page.getByRole('dialog', { name: 'Sync details' })).toBeVisible();
      await look('sync details');
      await app.page.keyboard.press('Escape');

      await at('inbox', 'Inbox');
      await look('inbox');
      await at('search?q=valve', 'Search');
      await expect(app.page.getByRole('option', { name: /Valve/ })).toBeVisible();
      await look('search');
      await at('members', 'Members');
      await expect(app.page.getByRole('list', { name: 'Members' })).toContainText('Ben');
      await look('members');
      await at('settings', 'Settings');
      await look('settings');

      await browser.offline(true);
      await app.says('Offline');
      await look('settings, offline');
      expect(findings).toEqual([]);
    });
  }
}

/** @returns one line for each element that axe finds seriously or critically wrong. */
async function serious(app: App, screen: string): Promise<string[]> {
  // Colours on their way from one value to another are nobody's contrast.
  await app.page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => {}))));
  const { violations } = await new AxeBuilder({ page: app.page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${screen}: ${id}: ${node.html.slice(0, 160)}`));
}
