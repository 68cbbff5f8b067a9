// Bookings: two people who cannot see each other book the same room; what clashes is flagged, told to both, and
// resolved by each of the ways. Before that: what the device knows is said before saving.
import { randomUUID } from 'node:crypto';
import { Calendar, day, during, makeResources, zone } from './calendar';
import type { Server } from './server';
import { makeTeam, type Team } from './team';
import { type Device, expect, test } from './test';

test('C2: two people book the same room offline; one is confirmed, both are told, a third device sees the same; decided offline', async ({
  server,
  device,
}) => {
  const { team, ben, adas, bens, a, b } = await adaAndBen(server, device, ['Lab', 'Loft']);
  const bensPhone = await device({ timezoneId: zone });
  const c = new Calendar(await bensPhone.boardOf(team, ben), team);
  for (const each of [a, b, c]) await each.open();
  await adas.offline(true);
  await bens.offline(true);
  await a.book('Ice cores', 'Lab', '10:00', '11:00');
  await b.book('Radio drill', 'Lab', '10:00', '11:00');
  await b.says('Radio drill', 'only on this device');

  await adas.offline(false);
  await a.app.upToDate();
  await bens.offline(false);
  // Both are told, by the chip, in the calendar and in the Inbox; nothing is lost.
  for (const each of [a, b, c]) {
    await each.app.says('1 thing needs you');
    await each.says('Ice cores', 'confirmed', 'needs a decision', 'on the server');
    await each.says('Radio drill', 'conflicted', 'needs a decision', 'on the server');
  }
  const adasCard = await a.case('Radio drill');
  await expect(adasCard).toContainText('Ben booked a time that you hold');
  await expect(adasCard).toContainText(/Found by the server/);
  const bensCard = await b.case('Radio drill');
  await expect(bensCard).toContainText('Your booking came too late: Ada holds this time');
  await expect(bensCard.getByRole('definition')).toHaveCount(2);

  // Decided without a network, kept through a reload, told from the other device when it is carried out.
  await bens.offline(true);
  await bensCard.getByRole('button', { name: /^Move to 11:00–12:00/ }).click();
  await expect(bensCard.getByRole('status')).toContainText('Decided here, not yet sent');
  await b.app.says('Offline · 1 waiting');
  await b.app.page.reload();
  await expect((await b.case('Radio drill')).getByRole('status')).toContainText('Decided here, not yet sent');
  await bens.offline(false);
  await expect(b.settled('Radio drill')).toContainText('Ben’s booking has another place now');
  await expect(a.settled('Radio drill')).toContainText('Ben’s booking has another place now');
  await expect(await a.entry('Ben chose another place')).toBeVisible();
  await c.says('Radio drill', '11:00–12:00', 'confirmed');
  await c.says('Ice cores', '10:00–11:00', 'confirmed');
  await expect(c.block('Ice cores')).not.toHaveAccessibleName(/needs a decision/);
  await c.app.goTo('Inbox');
  await expect(c.settled('Radio drill')).toContainText('move to Wed 12 Mar 2031, 11:00–12:00, Lab');
});

test('C2: every way to resolve: swap declined and agreed, give way to another place or altogether, cancel, free again', async ({
  server,
  device,
}) => {
  const rooms = ['Swap', 'Yield', 'Leave', 'Drop', 'Free'];
  const { team, roomIds, bens, a, b } = await adaAndBen(server, device, rooms);
  await b.open();
  await bens.offline(true);
  for (const room of rooms) await b.book(`Ben ${room}`, room, '10:00', '11:00');
  const bookings = new Map(rooms.map((room) => [room, randomUUID()]));
  const set = { workspace_id: team.workspaceId, user_id: await accountOf(team, 'Ada'), author: 'Ada' };
  await team.owner.write(
    rooms.map((room, i) => ({
      ...{ kind: 'insert', table: 'booking', id: bookings.get(room)! },
      set: { ...set, resource_id: roomIds[i], title: `Ada ${room}`, during: during('10:00', '11:00') },
    })),
  );
  await bens.offline(false);
  await b.app.says('5 things need you');
  await a.app.says('5 things need you');

  // A swap: declined, proposed again, agreed to.
  let bens1 = await b.case('Ben Swap');
  const propose = async (to: RegExp) => {
    await bens1.getByRole('button', { name: 'Propose a swap…' }).click();
    await b.app.page
      .getByRole('dialog', { name: 'Propose a swap' })
      .getByRole('button', { name: to })
      .click();
    await expect(bens1).toContainText('Waiting for their word');
  };
  await propose(/^11:00–12:00/);
  let adas1 = await a.case('Ben Swap');
  await expect(adas1).toContainText('Ben proposes a swap: yours goes to Wed 12 Mar 2031, 11:00–12:00');
  await adas1.getByRole('button', { name: 'Decline' }).click();
  await expect(await b.entry('Ada declined the swap')).toBeVisible();
  bens1 = await b.case('Ben Swap');
  await propose(/^09:00–10:00/);
  adas1 = await a.case('Ben Swap');
  await adas1.getByRole('button', { name: 'Agree' }).click();
  await expect(a.settled('Ben Swap')).toContainText('Ben and Ada swapped');
  await expect(b.settled('Ben Swap')).toContainText('Ben and Ada swapped');

  // The holder gives way, to another time, or altogether.
  await (await a.case('Ben Yield')).getByRole('button', { name: /^Give way to 11:00–12:00/ }).click();
  await expect(b.settled('Ben Yield')).toContainText('Ada gave way; Ben has the time');
  await (await a.case('Ben Leave')).getByRole('button', { name: 'Give way: cancel mine' }).click();
  await expect(b.settled('Ben Leave')).toContainText('Ada gave way; Ben has the time');

  // The one who asks gives up; the other holder's booking goes by itself, and its time is offered.
  await (await b.case('Ben Drop')).getByRole('button', { name: 'Cancel mine' }).click();
  await expect(a.settled('Ben Drop')).toBeVisible();
  await team.owner.write([
    { kind: 'update', table: 'booking', id: bookings.get('Free')!, set: { status: 'cancelled' } },
  ]);
  const free = await b.entry('The time of “Ben Free” is free now');
  await free.getByRole('button', { name: 'Take this time' }).click();
  await expect(free).toBeHidden();

  // Both see the same, and it is what the server holds.
  for (const each of [a, b]) {
    await each.open();
    for (const room of ['Swap', 'Yield', 'Leave', 'Free']) {
      await each.says(`Ben ${room}`, '10:00–11:00', room, 'confirmed', 'on the server');
    }
    await expect(each.block('Ada Drop')).toBeVisible();
    for (const gone of ['Ben Drop', 'Ada Leave', 'Ada Free']) await expect(each.block(gone)).toHaveCount(0);
    await each.says('Ada Swap', '09:00–10:00', 'confirmed');
    await each.says('Ada Yield', '11:00–12:00', 'confirmed');
  }
  const rows = [...(await team.owner.rows(team.workspaceId, 'booking')).values()];
  expect(rows.filter((row) => row.status === 'conflicted')).toEqual([]);
});

test('C3: what this device knows is said before saving; touching bookings do not clash; asked anyway is tentative', async ({
  server,
  device,
}) => {
  const { bens, a, b } = await adaAndBen(server, device, ['Lab', 'Loft']);
  await a.open();
  await a.book('Ice cores', 'Lab', '10:00', '11:00');
  await b.open();
  await b.says('Ice cores', 'on the server');
  await bens.offline(true);
  await b.app.says('Offline');
  // 9–10 and 11–12 touch it.
  await b.book('Before', 'Lab', '09:00', '10:00');
  await b.book('After', 'Lab', '11:00', '12:00');

  await b.app.main.getByRole('button', { name: 'Book', exact: true }).click();
  await b.fill({ title: 'Radio drill', resource: 'Lab', from: '10:30', to: '11:30' });
  const clash = b.dialog.getByRole('region', { name: 'Clash' });
  await expect(clash).toContainText('Ada: “Ice cores”, Wed 12 Mar 2031, 10:00–11:00');
  await expect(clash).toContainText('You: “After”');
  await expect(clash).toContainText(/As of .*, offline/);
  await expect(b.dialog.getByRole('button', { name: 'Book', exact: true })).toBeDisabled();
  // One click takes an alternative; here the other room at the same time, then back.
  await clash.getByRole('button', { name: 'Loft' }).click();
  await expect(b.dialog.getByRole('button', { name: 'Resource: Loft' })).toBeVisible();
  await expect(b.dialog).toContainText('Free, as far as this device knows');
  await b.fill({ resource: 'Lab' });
  await b.dialog.getByRole('button', { name: 'Ask anyway (tentative)' }).click();
  await b.says('Radio drill', 'tentative', 'only on this device');
  await bens.offline(false);
  // It asks the holder; what the holder holds stays.
  const card = await a.case('Radio drill');
  await expect(card).toContainText('Ben asks for a time that you hold');
  await a.open();
  await a.says('Ice cores', 'confirmed', 'needs a decision');
  await a.says('Radio drill', 'tentative');
});

test('by the keyboard alone: made, moved, stretched, opened, cancelled; views and days', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  await makeResources(team, ['Lab', 'Loft'], { time_zone: 'Asia/Tokyo' });
  const app = await (await device({ timezoneId: zone })).boardOf(team, team.owner);
  const { page } = app;
  const calendar = new Calendar(app, team);
  const { keyboard } = page;
  await calendar.open();
  await expect(page.getByText('(Tokyo)').first()).toBeVisible();
  await keyboard.press('n');
  await keyboard.type('Survey');
  await expect(calendar.dialog).toContainText('There (Tokyo) it is 17:00–18:00');
  await expect(calendar.dialog).toContainText('Free, as far as this device knows');
  await keyboard.press('Enter');
  await calendar.says('Survey', '09:00–10:00', 'Lab', 'confirmed');

  await keyboard.press('j');
  await expect(calendar.block('Survey')).toBeFocused();
  for (const key of ['ArrowDown', 'ArrowDown', 'Shift+ArrowDown', 'ArrowRight']) await keyboard.press(key);
  await calendar.says('Survey', '09:30–10:45', 'Loft');
  await expect(calendar.block('Survey')).toBeFocused();
  const stored = async () => [...(await team.owner.rows(team.workspaceId, 'booking')).values()][0]?.during;
  await expect.poll(stored).toMatch(/08:30.*09:45/);
  await keyboard.press('ControlOrMeta+z');
  await calendar.says('Survey', '09:00–10:00', 'Lab');

  // Escape leaves the booking for the time at its place; from there arrows choose another, with Shift longer.
  await calendar.block('Survey').focus();
  for (const key of ['Escape', 'ArrowRight', 'ArrowDown', 'Shift+ArrowDown']) {
    await keyboard.press(key);
    await expect(page.locator('[data-slot]')).toBeFocused();
  }
  await expect(page.locator('[data-slot]')).toHaveAccessibleName(/^Loft, Wed 12 Mar 2031, 09:30–11:00: free/);
  await keyboard.press('c');
  await keyboard.type('Second');
  await expect(calendar.dialog).toContainText('Free, as far as this device knows');
  await keyboard.press('Enter');
  await calendar.says('Second', '09:30–11:00', 'Loft');

  await calendar.block('Second').focus();
  await keyboard.press('Enter');
  await expect(calendar.dialog.getByRole('textbox', { name: 'Title' })).toHaveValue('Second');
  await calendar.dialog.getByRole('button', { name: 'Cancel booking' }).press('Enter');
  await expect(
    page
      .getByRole('dialog', { name: 'Cancel this booking?' })
      .getByRole('button', { name: 'Cancel booking' }),
  ).toBeFocused();
  await keyboard.press('Enter');
  await expect(calendar.dialog).toBeHidden();
  await expect(calendar.block('Second')).toHaveCount(0);

  await keyboard.press('w');
  await expect(page.getByRole('region', { name: 'Lab, 10–16 March 2031' })).toBeVisible();
  await keyboard.press(']');
  await expect(page.getByRole('region', { name: 'Lab, 17–23 March 2031' })).toBeVisible();
  await keyboard.press('[');
  await keyboard.press('m');
  await expect(page.getByRole('button', { name: 'Wednesday, 12 March: 1 booking' })).toBeVisible();
  await keyboard.press('d');
  await keyboard.press('t');
  await expect(page.getByRole('button', { name: new RegExp(`${new Date().getFullYear()}$`) })).toBeVisible();
});

test('with the mouse: dragged out, moved to another room, stretched; a drop on a taken time asks first', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const [lab] = await makeResources(team, ['Lab', 'Loft']);
  const id = randomUUID();
  const set = { workspace_id: team.workspaceId, user_id: await accountOf(team, 'Ada'), author: 'Ada' };
  await team.owner.write([
    {
      ...{ kind: 'insert', table: 'booking', id },
      set: { ...set, resource_id: lab, title: 'Drill', during: during('09:00', '10:00') },
    },
  ]);
  const app = await (await device({ timezoneId: zone })).boardOf(team, team.owner);
  const { page } = app;
  const calendar = new Calendar(app, team);
  await calendar.open();
  await calendar.says('Drill', '09:00–10:00');
  const box = async (title: string) => (await calendar.block(title).boundingBox())!;
  const drill = await box('Drill');
  const hour = drill.height + 2;
  const columnWidth = drill.width + 5;
  const drag = async (x: number, y: number, dx: number, dy: number) => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx / 2, y + dy / 2, { steps: 4 });
    await page.mouse.move(x + dx, y + dy, { steps: 4 });
    await page.mouse.up();
  };
  // Out of an empty place.
  await drag(drill.x + 30, drill.y + 2 * hour + 2, 0, 1.5 * hour);
  await calendar.fill({ title: 'Made' });
  await calendar.dialog.getByRole('button', { name: 'Book', exact: true }).click();
  await calendar.says('Made', '11:00–12:30', 'Lab');
  // To the other room, half an hour later; then longer at its end.
  await drag(drill.x + 30, drill.y + 12, columnWidth, hour / 2);
  await calendar.says('Drill', '09:30–10:30', 'Loft');
  const moved = await box('Drill');
  await drag(moved.x + 30, moved.y + moved.height - 2, 0, hour / 2);
  await calendar.says('Drill', '09:30–11:00', 'Loft');
  // Onto what is taken: nothing is written before the person has chosen.
  const made = await box('Made');
  const now = await box('Drill');
  await drag(now.x + 30, now.y + 12, made.x - now.x, made.y - now.y);
  await expect(page.getByRole('dialog', { name: 'Move booking' })).toContainText('You: “Made”');
  await page.keyboard.press('Escape');
  await calendar.says('Drill', '09:30–11:00', 'Loft');

  // The day on which the clocks go back has 25 hours, one of them twice.
  await calendar.open('2031-10-26');
  await expect(page.getByText('02:00 ×2')).toBeAttached();
  await calendar.open(day, 'month');
  await expect(page.getByRole('button', { name: 'Wednesday, 12 March: 2 bookings' })).toBeVisible();
});

/** Ada and Ben, each at the board on a device of their own, in a workspace with these rooms. */
async function adaAndBen(
  server: Server,
  device: (options: { timezoneId: string }) => Promise<Device>,
  rooms: readonly string[],
) {
  const team = await makeTeam(server, { others: ['Ben'] });
  const ben = team.others[0]!;
  const roomIds = await makeResources(team, rooms);
  const adas = await device({ timezoneId: zone });
  const bens = await device({ timezoneId: zone });
  const a = new Calendar(await adas.boardOf(team, team.owner), team);
  const b = new Calendar(await bens.boardOf(team, ben), team);
  return { team, ben, roomIds, adas, bens, a, b };
}

/** Account of a member, by name. */
async function accountOf(team: Team, name: string): Promise<string> {
  const members = await team.owner.rows(team.workspaceId, 'member');
  return [...members.values()].find((row) => row.name === name)!.user_id!;
}
