// The main screens under axe, light and dark, on a desk and on a phone: nothing serious or critical.
import { randomUUID } from 'node:crypto';
import { serious } from './axe';
import { Calendar, day, during, makeResources, zone } from './calendar';
import type { Server } from './server';
import { makeTeam, type Team } from './team';
import { type Device, expect, test } from './test';

const description = '# Steps\n\n- one\n- two\n\n`code` and a [link](https://example.org)';

const sizes = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
};

for (const [size, viewport] of Object.entries(sizes)) {
  test(`no serious or critical finding of axe: ${size}`, async ({ server, device }) => {
    const team = await labelledTeam(server);
    const browser = await device({ viewport });
    const { app, page, look, findings } = await firstLook(browser, team);
    /** By the keys, which are the same on every size. */
    const go = async (key: string, heading: string) => {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    };

    await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
    await look('sign-in');
    await app.signIn(team.owner);
    await app.upToDate();
    await expect(app.card('Valve')).toBeVisible();
    await look('board');

    await go('l', team.projectName);
    await app.openTask('Pump');
    await app.choose('Assignee', 'Ben');
    await app.choose('Priority', 'Urgent');
    await app.comment('Looks fine');
    await look('task');
    await app.closeTask();
    await look('list');

    await page.keyboard.press('c');
    await expect(page.getByRole('dialog', { name: 'New task' })).toBeVisible();
    await look('new task');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeVisible();
    await look('palette');
    await page.keyboard.press('Escape');
    await app.chip.click();
    await expect(page.getByRole('dialog', { name: 'Sync details' })).toBeVisible();
    await look('sync details');
    await page.keyboard.press('Escape');

    await go('i', 'Inbox');
    await look('inbox');
    await go('m', 'Members');
    await expect(page.getByRole('list', { name: 'Members' })).toContainText('Ben');
    await look('members');
    await go(',', 'Settings');
    await look('settings');
    await go('d', 'Diagnostics');
    await expect(page.getByRole('table', { name: /^Tables of / })).toBeVisible();
    await look('diagnostics');
    await page.getByRole('button', { name: 'Reset…' }).click();
    await expect(page.getByRole('dialog', { name: /^Reset the database/ })).toBeVisible();
    await look('reset');
    await page.keyboard.press('Escape');
    await browser.offline(true);
    await app.says('Offline');
    await go('s', 'Search');
    await page.getByRole('combobox', { name: 'Search tasks, comments, bookings and pages' }).fill('valve');
    await expect(page.getByRole('option', { name: /Valve/ })).toBeVisible();
    await look('search, offline');
    expect(findings).toEqual([]);
  });
}

for (const [size, viewport] of Object.entries(sizes)) {
  test(`no serious or critical finding of axe: bookings, ${size}`, async ({ server, device }) => {
    const team = await makeTeam(server, { others: ['Ben'] });
    const [lab] = await makeResources(team, ['Lab', 'Loft']);
    const ben = team.others[0]!;
    const members = [...(await ben.rows(team.workspaceId, 'member')).values()];
    const booking = (by: string, title: string, status: string) => ({
      ...{ kind: 'insert' as const, table: 'booking', id: randomUUID() },
      set: {
        ...{ workspace_id: team.workspaceId, resource_id: lab, title, status, author: by },
        ...{ user_id: members.find((m) => m.name === by)?.user_id, during: during('10:00', '11:00') },
      },
    });
    await ben.write([booking('Ben', 'Held', 'confirmed'), booking('Ben', 'Gone', 'cancelled')]);
    await team.owner.write([booking('Ada', 'Asked', 'tentative')], ['flagged', 'applied']);
    const { app, page, look, findings } = await firstLook(await device({ viewport, timezoneId: zone }), team);
    await app.signIn(team.owner);
    await app.says('1 thing needs you');
    const calendar = new Calendar(app, team);
    for (const view of ['day', 'week', 'month'] as const) {
      await calendar.open(day, view);
      await expect(
        view === 'month' ? page.getByRole('button', { name: /2 bookings/ }) : calendar.block('Held'),
      ).toBeVisible();
      await look(view);
    }
    await calendar.open();
    await calendar.block('Asked').click();
    await expect(calendar.dialog).toContainText('You ask for a time that Ben holds');
    await look('booking with a clash');
    await page.keyboard.press('Escape');
    await app.main.getByRole('button', { name: 'Book', exact: true }).click();
    await calendar.fill({ title: 'Third', resource: 'Lab', from: '10:30' });
    await expect(calendar.dialog.getByRole('region', { name: 'Clash' })).toBeVisible();
    await look('new booking with a clash');
    await page.keyboard.press('Escape');
    await page.goto(`/w/${team.workspaceId}/inbox`);
    await expect(page.getByText('You ask for a time that Ben holds')).toBeVisible();
    await look('inbox with a clash');
    await page.goto(`/w/${team.workspaceId}/bookings/resources`);
    await expect(page.getByText('Loft')).toBeVisible();
    await look('resources');
    await page.getByRole('button', { name: 'New resource' }).click();
    await expect(page.getByRole('dialog', { name: 'New resource' })).toBeVisible();
    await look('new resource');
    expect(findings).toEqual([]);
  });
}

/** The address of the team's board on a new device, where nobody is signed in; what `look` finds is collected. */
async function firstLook(browser: Device, team: Team) {
  const app = await browser.tab();
  const findings: string[] = [];
  const look = async (screen: string) => {
    findings.push(...(await serious(app, screen)));
  };
  await app.openBoard(team);
  return { app, page: app.page, look, findings };
}

async function labelledTeam(server: Server): Promise<Team> {
  const team = await makeTeam(server, {
    others: ['Ben', 'Gus?'],
    tasks: [{ title: 'Pump', status: 'doing', description }, 'Valve', { title: 'Hatch', status: 'done' }],
  });
  const label = { workspace_id: team.workspaceId, name: 'ice', color: '#ca8a04' };
  await team.owner.write([{ kind: 'insert', table: 'label', id: randomUUID(), set: label }]);
  return team;
}
