// The calendar as a person uses it: blocks by what they say, the dialogue, cards of clashes in the Inbox.
import { randomUUID } from 'node:crypto';
import { expect, type Locator } from '@playwright/test';
import type { App } from './app';
import type { Team } from './team';

/** A day far from now, in winter: nothing depends on when the tests run. */
export const day = '2031-03-12';
/** Everybody's clocks in these tests. */
export const zone = 'Europe/Berlin';

/** Makes resources by name, as another device would. @returns their ids, in order */
export async function makeResources(
  team: Team,
  names: readonly string[],
  fields: Record<string, unknown> = {},
): Promise<string[]> {
  const made = names.map((name, i) => ({ id: randomUUID(), name, position: `a${i}` }));
  await team.owner.write(
    made.map(({ id, name, position }) => ({
      kind: 'insert' as const,
      table: 'resource',
      id,
      set: {
        ...{ workspace_id: team.workspaceId, kind: 'room', name, capacity: 6, color: '#2563eb', position },
        ...{ time_zone: zone, opens: '07:00', closes: '20:00' },
        ...fields,
      },
    })),
  );
  return made.map(({ id }) => id);
}

/** Clocks of the zone on that day: an hour before UTC's. */
export const during = (from: string, to: string) => `["${day}T${from}:00+01:00","${day}T${to}:00+01:00")`;

export class Calendar {
  constructor(
    readonly app: App,
    readonly team: Team,
  ) {}

  /** By the sidebar's way, so that it works without a network; the address says the day. */
  async open(date = day, view: 'day' | 'week' | 'month' = 'day'): Promise<void> {
    await this.app.page.goto(`/w/${this.team.workspaceId}/bookings?view=${view}&date=${date}`);
    await expect(this.app.page.getByRole('heading', { level: 1, name: 'Bookings' })).toBeVisible();
  }

  block(title: string): Locator {
    return this.app.main.getByRole('button', { name: new RegExp(`^${title}, `) });
  }

  /** What a block says after its title: time, resource, who, status, where it is. */
  async says(title: string, ...words: (string | RegExp)[]): Promise<void> {
    for (const word of words)
      await expect(this.block(title)).toHaveAccessibleName(word instanceof RegExp ? word : new RegExp(word));
  }

  get dialog(): Locator {
    return this.app.page.getByRole('dialog', { name: /^(New booking|Booking|Move booking)$/ });
  }

  async fill(booking: { title?: string; resource?: string; from?: string; to?: string }): Promise<void> {
    const { dialog } = this;
    if (booking.title) await dialog.getByRole('textbox', { name: 'Title' }).fill(booking.title);
    if (booking.resource) {
      const field = dialog.getByRole('button', { name: /^Resource: / });
      if ((await field.textContent()) !== booking.resource) {
        await field.click();
        await this.app.option(booking.resource).click();
      }
    }
    if (booking.from) await dialog.getByLabel('Starts').fill(`${day}T${booking.from}`);
    if (booking.to) await dialog.getByLabel('Ends').fill(`${day}T${booking.to}`);
  }

  /** Books through the dialogue; nothing may be in the way. */
  async book(title: string, resource: string, from: string, to: string): Promise<void> {
    await this.app.main.getByRole('button', { name: 'Book', exact: true }).click();
    await this.fill({ title, resource, from, to });
    await this.dialog.getByRole('button', { name: 'Book', exact: true }).click();
    await expect(this.dialog).toBeHidden();
    await this.says(title, `${from}–${to}`, resource, 'confirmed');
  }

  async inbox(): Promise<void> {
    if ((await this.app.page.getByRole('heading', { level: 1 }).textContent()) !== 'Inbox') {
      await this.app.goTo('Inbox');
    }
  }

  /** Another entry of the Inbox, by what it says. */
  async entry(text: string): Promise<Locator> {
    await this.inbox();
    const entry = this.app.page
      .getByRole('list', { name: 'Inbox' })
      .getByRole('listitem')
      .filter({ hasText: text });
    await expect(entry).toBeVisible();
    return entry;
  }

  /** The card of a clash that waits for a decision, by a title in it. */
  async case(title: string): Promise<Locator> {
    await this.inbox();
    const card = this.app.page
      .getByRole('list', { name: 'Inbox' })
      .getByRole('listitem')
      .filter({ hasText: title, has: this.app.page.locator('[data-case]') });
    await expect(card).toBeVisible();
    return card;
  }

  /** The line of a clash that came to an end. */
  settled(title: string): Locator {
    return this.app.page
      .getByRole('list', { name: 'Settled' })
      .locator(':scope > li')
      .filter({ hasText: title });
  }
}
