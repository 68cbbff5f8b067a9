// A page of the workspace as a person writes it: its title, its text, the caret.
import { expect, type Locator } from '@playwright/test';
import type { App } from './app';

/** The editor. */
export const text = (app: App): Locator => app.page.getByRole('textbox', { name: 'Page text' });
export const title = (app: App): Locator => app.page.getByRole('textbox', { name: 'Page title' });

/** Makes a page by the sidebar and begins to write in it. */
export async function newPage(app: App, name: string): Promise<void> {
  await app.page.getByRole('button', { name: 'New page' }).first().click();
  await expect(title(app)).toHaveValue('');
  await expect(text(app)).toBeVisible();
  await title(app).fill(name);
  await title(app).press('Enter');
  await expect(text(app)).toBeFocused();
}

export async function openPage(app: App, name: string): Promise<void> {
  await app.page.getByRole('list', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  await expect(title(app)).toHaveValue(name);
  await expect(text(app)).toBeVisible();
}

/** Puts the caret at the end of the first paragraph. */
export async function toEnd(app: App): Promise<void> {
  await text(app).getByRole('paragraph').first().click();
  await app.page.keyboard.press('End');
}

/** What is written, without the names at the carets of others. */
export const words = (app: App): Promise<string> =>
  text(app).evaluate((body) => {
    const copy = body.cloneNode(true) as HTMLElement;
    for (const caret of copy.querySelectorAll('.collaboration-carets__caret')) caret.remove();
    return copy.textContent.replace(/\u2060/g, '');
  });
