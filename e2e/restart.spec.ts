// The server killed and started again while a device is sending.
import { columns } from './app';
import { Server } from './server';
import { makeTeam } from './team';
import { expect, test } from './test';

const EDITS = 200;

test('W1, W2: a server killed twice while 200 changes are being sent has each of them once', async ({
  device,
}) => {
  const server = await Server.create();
  try {
    const team = await makeTeam(server);
    const browser = await device({ baseURL: server.url });
    const app = await browser.boardOf(team, team.owner);
    const stored = async () => [...(await team.owner.rows(team.workspaceId, 'task')).values()];

    await browser.offline(true);
    await app.says('Offline');
    await app
      .column(columns.todo)
      .getByRole('button', { name: `Add a task to ${columns.todo}` })
      .click();
    const box = app.page.getByRole('textbox', { name: `New task in ${columns.todo}` });
    const titles = Array.from({ length: EDITS }, (_, i) => `Sample ${i + 1}`);
    for (const title of titles) {
      await box.fill(title);
      await box.press('Enter');
    }
    await app.says(`Offline · ${EDITS} waiting`);

    // Killed as soon as they are on their way: none is answered yet.
    let sent = app.page.waitForRequest('**/api/write');
    await browser.offline(false);
    await sent;
    await server.kill();
    await app.says(`Offline · ${EDITS} waiting`);

    // And again when the first of them have arrived.
    await server.start();
    sent = app.page.waitForRequest('**/api/write');
    await wake(app);
    await sent;
    await expect.poll(async () => (await stored()).length, { intervals: [5] }).toBeGreaterThan(0);
    await server.kill();
    await app.says(/Offline/);
    await app.addTask(columns.doing, 'While it was down');
    await app.isOnlyHere('While it was down');
    await server.start();
    await wake(app);

    await app.upToDate();
    await app.isOnServer('While it was down');
    await expect(app.column(columns.todo)).toHaveAccessibleName(`To do, ${EDITS} tasks`);
    expect((await stored()).map((row) => row.title).sort()).toEqual([...titles, 'While it was down'].sort());
  } finally {
    await server.remove();
  }
});

/** A click on the chip makes it try at once instead of at its next time. */
async function wake(app: {
  page: import('@playwright/test').Page;
  chip: import('@playwright/test').Locator;
}) {
  await app.chip.click();
  await app.page.getByRole('button', { name: 'Try now' }).click();
  await app.page.keyboard.press('Escape');
}
