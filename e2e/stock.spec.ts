// Stock through the interface: taken at once or not at all; without a connection it is asked for, and said so.
import { randomUUID } from 'node:crypto';
import type { Locator } from '@playwright/test';
import type { App } from './app';
import { serious } from './axe';
import type { Server } from './server';
import { makeTeam, type Team } from './team';
import { type Device, expect, test } from './test';

interface Ground {
  readonly team: Team;
  readonly fuses: string;
  readonly store: string;
}

/** Ada and Ben, one item, two places, and so many of it in the cold store. */
async function ground(server: Server, quantity: number): Promise<Ground> {
  const team = await makeTeam(server, { others: ['Ben'] });
  const [fuses, store, hut] = [randomUUID(), randomUUID(), randomUUID()];
  const { workspaceId } = team;
  await team.owner.write([
    {
      kind: 'insert',
      table: 'stock_place',
      id: store,
      set: { workspace_id: workspaceId, name: 'Cold store' },
    },
    { kind: 'insert', table: 'stock_place', id: hut, set: { workspace_id: workspaceId, name: 'Hut' } },
    {
      kind: 'insert',
      table: 'stock_item',
      id: fuses,
      set: { workspace_id: workspaceId, name: 'Fuses', minimum: 3 },
    },
  ]);
  await team.owner.moveStock({ workspaceId, itemId: fuses, toId: store, quantity });
  return { team, fuses, store };
}

class StockPage {
  readonly line: Locator;
  readonly dialog: Locator;
  readonly requests: Locator;

  constructor(readonly app: App) {
    this.line = app.page
      .getByRole('list', { name: 'Items' })
      .getByRole('listitem')
      .filter({ hasText: 'Fuses' });
    this.dialog = app.page.getByRole('dialog');
    this.requests = app.page.getByRole('list', { name: 'Requests' }).getByRole('listitem');
  }

  static async open(device: Device, team: Team, person = team.owner): Promise<StockPage> {
    const app = await device.tab();
    await app.page.goto(`/w/${team.workspaceId}/stock`);
    await app.signIn(person);
    await app.readyForOffline();
    await expect(app.page.getByRole('heading', { level: 1, name: 'Stock' })).toBeVisible();
    return new StockPage(app);
  }

  async holds(place: string, quantity: number): Promise<void> {
    const where = this.line.getByRole('list', { name: 'Where Fuses lies' });
    await expect(where.getByText(`${place} ${quantity}`)).toBeVisible();
  }

  async press(name: 'Take' | 'Add' | 'Move' | 'Ask when online'): Promise<void> {
    await this.line.getByRole('button', { name, exact: true }).click();
  }

  async fill(quantity: number): Promise<void> {
    await this.dialog.getByLabel('Quantity').fill(String(quantity));
  }

  async confirm(name: 'Take' | 'Add' | 'Move' | 'Ask when online'): Promise<void> {
    await this.dialog.getByRole('button', { name, exact: true }).click();
  }

  /** Nothing of stock waits to be sent. */
  async outboxIsEmpty(): Promise<void> {
    await this.app.chip.click();
    const details = this.app.page.getByRole('dialog', { name: 'Sync details' });
    await expect(details.getByText('Waiting to be sent')).toBeVisible();
    await expect(details.getByText('Nothing', { exact: true })).toBeVisible();
    await this.app.page.keyboard.press('Escape');
    await expect(details).toBeHidden();
  }
}

test('C4: two people take the last one: one has it, the other is told at once who', async ({
  server,
  device,
}) => {
  const { team } = await ground(server, 1);
  const ada = await StockPage.open(await device(), team);
  const ben = await StockPage.open(await device(), team, team.others[0]!);
  await ada.press('Take');
  await ben.press('Take');
  await ada.confirm('Take');
  await expect(ada.dialog).toBeHidden();
  await ben.confirm('Take');
  // The row may have arrived by then: in either case Ben hears that nothing is there, and who has it.
  await expect(ben.dialog.getByRole('alert')).toContainText(
    'Nothing is left of Fuses in Cold store: Ada took 1 last.',
  );
  await ben.dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(ben.line.getByText('Nowhere')).toBeVisible();
  await ben.line.getByRole('button', { name: 'Fuses', exact: true }).click();
  const history = ben.app.page.getByRole('list', { name: 'History' }).getByRole('listitem');
  await expect(history).toHaveCount(2);
  await expect(history.first()).toContainText('−1');
  await expect(history.first()).toContainText('Ada');
});

test('C3, C4: offline the buttons say why they are off; what was asked for is carried out on reconnect, once', async ({
  server,
  device,
}) => {
  const { team, fuses } = await ground(server, 10);
  const browser = await device();
  let ada = await StockPage.open(browser, team);
  await ada.holds('Cold store', 10);
  await browser.offline(true);
  await ada.app.says('Offline');
  await expect(ada.app.page.getByRole('note')).toContainText(/Quantities are as of .*need a connection/);
  const take = ada.line.getByRole('button', { name: 'Take', exact: true });
  await expect(take).toHaveAttribute('aria-disabled', 'true');
  await take.focus();
  await expect(ada.app.page.getByRole('tooltip')).toContainText('need a connection');
  await take.press('Enter');
  await expect(ada.dialog).toBeHidden();

  await ada.press('Ask when online');
  await ada.fill(4);
  await ada.confirm('Ask when online');
  await expect(ada.requests).toContainText('Take 4 of Fuses from Cold store');
  await ada.holds('Cold store', 10);
  await ada.outboxIsEmpty();

  // It is there after the tab is closed and opened again, in two tabs, and goes once.
  await ada.app.page.close();
  const app = await browser.tab();
  await app.page.goto(`/w/${team.workspaceId}/stock`);
  ada = new StockPage(app);
  await expect(ada.requests).toContainText('Waits for a connection');
  await ada.outboxIsEmpty();
  const second = await browser.tab();
  await second.page.goto(`/w/${team.workspaceId}/stock`);
  await expect(new StockPage(second).requests).toHaveCount(1);
  await browser.offline(false);
  await expect(ada.requests).toHaveCount(0);
  await ada.holds('Cold store', 6);
  await app.upToDate();
  const moved = await team.owner.rows(team.workspaceId, 'stock_movement');
  expect([...moved.values()].filter((row) => row.item_id === fuses && row.quantity === '4')).toHaveLength(1);
});

test('C4: when the quantity changed meanwhile, the person is asked first', async ({ server, device }) => {
  const { team, fuses, store } = await ground(server, 10);
  const { workspaceId } = team;
  const browser = await device();
  const ada = await StockPage.open(browser, team);
  await ada.holds('Cold store', 10);
  await browser.offline(true);
  await ada.app.says('Offline');
  await ada.press('Ask when online');
  await ada.fill(5);
  await ada.confirm('Ask when online');
  await expect(ada.requests).toHaveCount(1);
  await team.others[0]!.moveStock({ workspaceId, itemId: fuses, fromId: store, quantity: 7 });
  await browser.offline(false);
  await expect(ada.requests).toContainText('There were 10 when you asked, now 3.');
  await expect(ada.requests).toContainText('Ben took 7 last.');
  await ada.holds('Cold store', 3);
  const sidebar = ada.app.page.getByRole('navigation', { name: 'Workspace' });
  await expect(sidebar.getByRole('link', { name: /^Stock/ })).toHaveText('Stock1');
  await ada.requests.getByRole('button', { name: 'Take 3 instead' }).click();
  await expect(ada.requests).toHaveCount(0);
  await expect(ada.line.getByText('Nowhere')).toBeVisible();
  await expect(ada.line.getByText('Below the minimum of 3')).toBeVisible();
});

test('C4: items and places are made offline like anything; what is added then is asked for', async ({
  server,
  device,
}) => {
  const { team } = await ground(server, 10);
  const browser = await device();
  const ada = await StockPage.open(browser, team);
  const { page } = ada.app;
  await browser.offline(true);
  await ada.app.says('Offline');
  await page.getByRole('button', { name: 'Places', exact: true }).click();
  await ada.dialog.getByLabel('New place').fill('Truck');
  await ada.dialog.getByRole('button', { name: 'Add place' }).click();
  await expect(ada.dialog.getByLabel('Name of Truck')).toHaveValue('Truck');
  await ada.dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Add item' }).click();
  await ada.dialog.getByLabel('Name').fill('Ropes');
  await ada.dialog.getByRole('button', { name: 'Add item' }).click();
  const ropes = page.getByRole('list', { name: 'Items' }).getByRole('listitem').filter({ hasText: 'Ropes' });
  await ropes.getByRole('button', { name: 'Ask when online' }).click();
  await ada.dialog.getByLabel('Add to').selectOption({ label: 'Truck · 0' });
  await ada.fill(2);
  await ada.confirm('Ask when online');
  await expect(ada.requests).toContainText('Add 2 of Ropes to Truck');
  await ada.app.says('Offline · 2 waiting');
  await browser.offline(false);
  await expect(ada.requests).toHaveCount(0);
  await expect(ropes.getByText('Truck 2')).toBeVisible();
});

for (const [size, viewport] of Object.entries({
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
})) {
  test(`Stock has no serious or critical finding of axe: ${size}`, async ({ server, device }) => {
    const { team } = await ground(server, 2);
    const browser = await device({ viewport });
    const ada = await StockPage.open(browser, team);
    const { page } = ada.app;
    const findings: string[] = [];
    const look = async (screen: string) => {
      findings.push(...(await serious(ada.app, screen)));
    };
    await ada.holds('Cold store', 2);
    await look('list');
    await ada.press('Move');
    await look('dialogue');
    await page.keyboard.press('Escape');
    await ada.line.getByRole('button', { name: 'Fuses', exact: true }).click();
    await expect(page.getByRole('list', { name: 'History' })).toContainText('+2');
    await look('item');
    await page.getByRole('button', { name: 'Close item' }).click();
    await browser.offline(true);
    await ada.app.says('Offline');
    await ada.press('Ask when online');
    await ada.confirm('Ask when online');
    await expect(ada.requests).toHaveCount(1);
    // The message that it was asked for goes by itself; while it fades, its colours are nobody's contrast.
    await expect(page.locator('[data-sonner-toast]')).toHaveCount(0);
    await look('offline');
    // By the keys, which are the same on every size.
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
    await page.keyboard.press('g');
    await page.keyboard.press('k');
    await expect(page.getByRole('heading', { level: 1, name: 'Stock' })).toBeVisible();
    expect(findings).toEqual([]);
  });
}
