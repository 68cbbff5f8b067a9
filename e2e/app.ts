// The interface as a person uses it: what is found by role and name, and what is done with it. One App is one tab.
import { expect, type Locator, type Page } from '@playwright/test';
import type { Person } from './person';
import type { Team } from './team';

export const columns = {
  backlog: 'Backlog',
  todo: 'To do',
  doing: 'In progress',
  review: 'In review',
  done: 'Done',
  cancelled: 'Cancelled',
} as const;

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export class App {
  readonly main: Locator;
  /** The sync chip. */
  readonly chip: Locator;
  /** The open task. */
  readonly panel: Locator;

  constructor(readonly page: Page) {
    this.main = page.getByRole('main');
    this.chip = page.getByRole('button', { name: /^Sync:/ });
    this.panel = page.getByRole('complementary', { name: 'Task' });
  }

  async signIn(person: Person): Promise<void> {
    await this.page.getByLabel('E-mail').fill(person.email);
    await this.page.getByLabel('Password').fill(person.password);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** Opens a project's board by its address. */
  async openBoard(team: Team): Promise<void> {
    await this.page.goto(`/w/${team.workspaceId}/p/${team.projectId}/board`);
  }

  /** Goes to a page of the workspace by the sidebar. */
  async goTo(name: 'Search' | 'Inbox' | 'Members' | 'Settings'): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Workspace' })
      .getByRole('link', { name: new RegExp(`^${name}`) })
      .click();
    await expect(this.page.getByRole('heading', { level: 1, name })).toBeVisible();
  }

  async says(chip: string | RegExp): Promise<void> {
    const name = typeof chip === 'string' ? `Sync: ${chip}` : new RegExp(`^Sync: ${chip.source}`);
    await expect(this.chip).toHaveAccessibleName(name, { timeout: 30_000 });
  }

  /** Everything here is on the server and the reverse, as the app says it. */
  async upToDate(): Promise<void> {
    await this.says('Up to date');
  }

  /** The app and its data are on this device: it can be opened without a network from here on. */
  async readyForOffline(): Promise<void> {
    await this.upToDate();
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
  }

  column(name: string): Locator {
    return this.page.getByRole('region', { name: new RegExp(`^${escaped(name)}, `) });
  }

  /** A task on the board or in the list, by its whole title. */
  card(title: string, within: Locator = this.main): Locator {
    const statuses = Object.values(columns).join('|');
    return within.getByRole('button', { name: new RegExp(`^${escaped(title)}, (${statuses})`) });
  }

  /** Titles of a column's cards from top to bottom. */
  async titlesIn(column: string): Promise<string[]> {
    const statuses = new RegExp(`, (${Object.values(columns).join('|')})(, .*)?$`);
    const cards = this.column(column).getByRole('listitem').getByRole('button');
    const found = await cards.evaluateAll((all) =>
      all.map((card) => ({
        name: card.getAttribute('aria-label') ?? '',
        y: card.getBoundingClientRect().y,
      })),
    );
    return found.sort((a, b) => a.y - b.y).map(({ name }) => name.replace(statuses, ''));
  }

  async isOnlyHere(title: string): Promise<void> {
    await expect(this.card(title)).toHaveAccessibleName(/only on this device$/);
  }

  async isOnServer(title: string): Promise<void> {
    await expect(this.card(title)).toHaveAccessibleName(/on the server$/);
  }

  async addTask(column: string, title: string): Promise<void> {
    await this.column(column)
      .getByRole('button', { name: `Add a task to ${column}` })
      .click();
    const box = this.column(column).getByRole('textbox', { name: `New task in ${column}` });
    await box.fill(title);
    await box.press('Enter');
    await expect(this.card(title)).toBeVisible();
    await box.press('Escape');
    await expect(box).toBeHidden();
  }

  async openTask(title: string): Promise<void> {
    await this.card(title).click();
    await expect(this.title).toHaveValue(title);
  }

  async closeTask(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Close task' }).click();
    await expect(this.panel).toBeHidden();
  }

  /** The title of the open task. */
  get title(): Locator {
    return this.panel.getByRole('textbox', { name: 'Title' });
  }

  /** A field of the open task, as the button that shows its value. */
  field(name: string): Locator {
    return this.panel.getByRole('button', { name: new RegExp(`^${name}: `) });
  }

  /** A choice of an open picker; beside its text it may show a key. */
  option(choice: string): Locator {
    return this.page.getByRole('option').filter({ has: this.page.getByText(choice, { exact: true }) });
  }

  async choose(field: string, choice: string): Promise<void> {
    await this.field(field).click();
    await this.option(choice).click();
    await expect(this.field(field)).toHaveAccessibleName(`${field}: ${choice}`);
  }

  async retitle(title: string): Promise<void> {
    await this.title.fill(title);
    await this.title.press('Enter');
    await expect(this.card(title)).toBeVisible();
  }

  async describe(text: string): Promise<void> {
    await this.panel.getByRole('button', { name: /^(Add a description…|Edit description)$/ }).click();
    const box = this.panel.getByRole('textbox', { name: 'Description' });
    await box.fill(text);
    await box.press('Escape');
    await expect(this.panel.getByText(text)).toBeVisible();
  }

  async comment(text: string): Promise<void> {
    await this.panel.getByRole('textbox', { name: 'Write a comment' }).fill(text);
    await this.panel.getByRole('button', { name: 'Comment', exact: true }).click();
    await expect(this.panel.getByRole('article').getByText(text)).toBeVisible();
  }

  /** Deletes the open task. */
  async deleteTask(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Task actions' }).click();
    await this.page.getByRole('menuitem', { name: 'Delete task' }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Delete task' }).click();
    await expect(this.panel).toBeHidden();
  }

  /** Drags a card with the mouse into another column. */
  async drag(title: string, toColumn: string): Promise<void> {
    const column = await this.column(toColumn).boundingBox();
    if (!column) throw new Error(`no column ${toColumn}`);
    await this.#dragTo(title, column.x + column.width / 2, column.y + 120);
    await expect(this.card(title, this.column(toColumn))).toBeVisible();
  }

  /** Drags a card with the mouse to the place before another one. */
  async dragOnto(title: string, before: string): Promise<void> {
    const card = await this.card(before).boundingBox();
    if (!card) throw new Error(`no card ${before}`);
    await this.#dragTo(title, card.x + card.width / 2, card.y + card.height / 4);
  }

  async #dragTo(title: string, x: number, y: number): Promise<void> {
    const from = await this.card(title).boundingBox();
    if (!from) throw new Error(`no card ${title}`);
    const { mouse } = this.page;
    await mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await mouse.down();
    await mouse.move(x, y, { steps: 12 });
    await mouse.up();
  }
}
