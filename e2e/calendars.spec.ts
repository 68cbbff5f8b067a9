// Calendars in and out through the interface: a file comes in twice, an address is made, read and revoked.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { serious } from './axe';
import { makeTeam } from './team';
import { expect, test } from './test';

const event = (uid: string, ...lines: string[]) => [
  ...['BEGIN:VEVENT', `UID:${uid}`, `SUMMARY:${uid}`, 'DURATION:PT1H'],
  ...[...lines, 'END:VEVENT'],
];
const calendar = (...events: string[][]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events.flat(), 'END:VCALENDAR', ''].join('\r\n');

async function bring(page: Page, text: string): Promise<void> {
  const buffer = Buffer.from(text);
  await page.getByLabel('Calendar file').setInputFiles({ name: 'a.ics', mimeType: 'text/calendar', buffer });
}

test('C4: a calendar file comes in, offline too and once; its bookings are read at a secret address until it is revoked', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const lab = randomUUID();
  const made = { kind: 'room', name: 'Lab', color: '#2563eb', position: 'a0', time_zone: 'Europe/Berlin' };
  await team.owner.write([
    { kind: 'insert', table: 'resource', id: lab, set: { workspace_id: team.workspaceId, ...made } },
  ]);
  const browser = await device();
  const app = await browser.tab();
  const { page } = app;
  await page.goto(`/w/${team.workspaceId}/bookings/resources`);
  await app.signIn(team.owner);
  await app.readyForOffline();
  const dialog = page.getByRole('dialog', { name: 'Calendar of Lab' });
  const report = dialog.getByRole('status');
  const open = (): Promise<void> => page.getByRole('button', { name: 'Calendar of Lab' }).click();

  await browser.offline(true);
  await app.says('Offline');
  await open();
  await expect(dialog.getByRole('button', { name: 'Make an address' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expect(dialog).toContainText('Subscriptions need a connection');
  const text = calendar(
    event('Weekly', 'DTSTART;TZID=Europe/Berlin:20310320T090000', 'RRULE:FREQ=WEEKLY;COUNT=3'),
    event('Odd', 'DTSTART:20310320T090000Z', 'TRANSP:TRANSPARENT'),
    event('Secret', 'DTSTART:20310321T120000Z', 'CLASS:PRIVATE'),
  );
  await bring(page, text.replace('END:VCALENDAR', ''));
  await expect(dialog.getByRole('alert')).toContainText(
    'This calendar file is broken, and nothing of it was used',
  );
  await bring(page, text);
  await expect(report).toContainText('4 bookings were made.');
  await expect(report.getByRole('listitem')).toHaveText(
    /^Odd line 10\s*Left out\. It does not take the time/,
  );
  await bring(page, text);
  await expect(report).toContainText('Everything in this file was here already; nothing has changed.');
  await browser.offline(false);
  await app.upToDate();

  const stored = [...(await team.owner.rows(team.workspaceId, 'booking')).values()];
  expect(
    stored
      .filter((row) => row.resource_id === lab)
      .map((row) => [row.title, row.status])
      .sort(),
  ).toEqual([['Secret', 'confirmed'], ...[1, 2, 3].map(() => ['Weekly', 'confirmed'])]);

  await dialog.getByRole('button', { name: 'Make an address' }).click();
  const address = await dialog.getByLabel('Address of the subscription').inputValue();
  const feed = await (await fetch(address)).text();
  // Nine o'clock in Berlin, before and after the clocks are put forward.
  expect(feed).toContain('DTSTART:20310320T080000Z');
  expect(feed).toContain('DTSTART:20310403T070000Z');
  expect(feed).toContain('SUMMARY:Busy');
  expect(feed).not.toContain('Secret');
  expect(await serious(app, 'calendar')).toEqual([]);

  const exported = await saved(page, dialog.getByRole('button', { name: 'Export as a file' }));
  expect(exported.name).toBe('lab.ics');
  expect(exported.text).toContain('SUMMARY:Secret');
  await bring(page, exported.text);
  await expect(report).toContainText('nothing has changed');

  await dialog.getByRole('list', { name: 'Subscriptions' }).getByRole('button', { name: 'Revoke' }).click();
  await expect(dialog.getByRole('list', { name: 'Subscriptions' })).toBeHidden();
  expect((await fetch(address)).status).toBe(404);
  await dialog.getByRole('button', { name: 'Done' }).click();
  const all = await saved(page, page.getByRole('button', { name: 'Export all bookings' }));
  expect(all.text.match(/BEGIN:VEVENT/g)).toHaveLength(4);
});

async function saved(page: Page, button: Locator): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}
