// Stock PGlite as a subject of measurement: drives the page in stock/.
import type { Page } from '@playwright/test';
import { inPageScript, tasksReadableMark } from './in-page';
import type { Subject } from './runs';
import type { StockPage } from './stock/page';

declare global {
  interface Window {
    stock: Promise<StockPage>;
  }
}

export function stockSubject(url: string): Subject {
  return {
    name: 'stock PGlite',
    url,
    worker: /\/assets\/worker-[^/]*\.js$/,
    marks: {
      firstPaint: 'first-contentful-paint',
      tasksReadable: tasksReadableMark,
      databaseWritable: 'stock:database-writable',
    },
    enter: async () => {},
    async prepare(context) {
      await context.addInitScript(inPageScript('#tasks li'));
    },
    async loaded(page: Page, tasks: number) {
      await page.evaluate(async (n) => {
        const stock = await window.stock;
        await stock.load(n);
      }, tasks);
      await page.waitForFunction(() => document.querySelectorAll('#tasks li').length > 0);
    },
    writeToPaint: (page, nth) =>
      page.evaluate(
        async (title) => (await window.stock).writeToPaint(title),
        `Changed ${nth} ${performance.now()}`,
      ),
    searchToPaint: (page, words) =>
      page.evaluate(async (text) => (await window.stock).searchToPaint(text), words),
  };
}
