// How a page of text is to use: from the navigation to its text, from a key to its letter, what it takes of memory; and
// from a key on one device to the letter on another one's screen.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { type Memory, memoryOf, newPage, openProfile } from './chromium';
import { median, quantile } from './figures';
import { inPageScript, tasksReadableMark } from './in-page';

const repeats = 3;
const keystrokes = 60;
/** ms */
const LONGEST = 120_000;

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly samples: number;
}

const spread = (samples: readonly number[]): Spread => ({
  p50: median(samples),
  p95: quantile(samples, 0.95),
  samples: samples.length,
});

export interface DocumentUse {
  /** From the navigation to the text on the screen, the body being on the device; ms, median. */
  readonly openMs: number;
  readonly keyToPaint: Spread;
  /** From a key to its letter being on the device's storage; null where nothing says so. */
  readonly keyToStorage: Spread | null;
  readonly memory: Memory;
}

export interface Visit {
  readonly url: string;
  /** A selector far down in the text: when it is shown, the text is. */
  readonly farDown: string;
  prepare(context: BrowserContext): Promise<void>;
  /** Fills the page at its first opening; it is opened again afterwards. */
  load?(page: Page): Promise<void>;
  /** A selector of what shows data-writing="true" until the letter is stored. */
  readonly writing?: string;
}

export async function measureUse(visit: Visit): Promise<DocumentUse> {
  return await withProfile(visit, async (page) => {
    const opened: number[] = [];
    for (let i = 0; i < repeats; i++) {
      await page.reload();
      await page.waitForSelector(visit.farDown, { state: 'attached', timeout: LONGEST });
      opened.push(
        await page
          .waitForFunction((mark) => performance.getEntriesByName(mark)[0]?.startTime, tasksReadableMark)
          .then(async (found) => Number(await found.jsonValue())),
      );
    }
    await page.locator('.ProseMirror > p').first().click();
    const shown = await samplesOf(() => keyToPaint(page));
    const { writing } = visit;
    const stored = writing === undefined ? null : await samplesOf(() => keyToStorage(page, writing));
    return {
      openMs: median(opened),
      keyToPaint: spread(shown),
      keyToStorage: stored && spread(stored),
      memory: await memoryOf(page),
    };
  });
}

/** Two browsers have the page open. @returns ms from a key in one to the frame of the other that shows its letter */
export async function measureLetterReach(visit: Visit): Promise<Spread> {
  return await withProfile(visit, (one) =>
    withProfile(visit, async (two) => {
      await one.bringToFront();
      await one.locator('.ProseMirror > p').first().click();
      const samples = await samplesOf(async () => {
        const watch = await two.evaluateHandle(() => {
          const before = document.querySelector('.ProseMirror > p')?.textContent?.length ?? 0;
          const seen = window.measure.paintedAt(
            () => (document.querySelector('.ProseMirror > p')?.textContent?.length ?? 0) > before,
          );
          return { seen };
        });
        await one.keyboard.press('x');
        const seenAt = await watch.evaluate(({ seen }) => seen);
        return seenAt - (await one.evaluate(() => window.measure.inputAt()));
      });
      return spread(samples);
    }),
  );
}

async function withProfile<T>(visit: Visit, use: (page: Page) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'outpost-page-'));
  const context = await openProfile(profile, 'desktop');
  try {
    await visit.prepare(context);
    await context.addInitScript(inPageScript(visit.farDown));
    const page = await newPage(context, 'desktop');
    await page.goto(visit.url);
    if (visit.load) {
      await visit.load(page);
      await page.reload();
    }
    await page.waitForSelector(visit.farDown, { state: 'attached', timeout: LONGEST });
    return await use(page);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function samplesOf(take: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < keystrokes; i++) samples.push(await take());
  return samples;
}

/**
 * Types in the first paragraph. The watch is set before the key goes, because the editor may answer at once; and what it
 * looks at is asked for anew each time, because the editor may have replaced the paragraph.
 */
async function keyToPaint(page: Page): Promise<number> {
  const watch = await page.evaluateHandle(() => {
    const before = document.querySelector('.ProseMirror > p')?.textContent?.length ?? 0;
    const shown = window.measure.sinceInput(
      () => (document.querySelector('.ProseMirror > p')?.textContent?.length ?? 0) > before,
    );
    return { shown };
  });
  await page.keyboard.press('x');
  return await watch.evaluate(({ shown }) => shown);
}

async function keyToStorage(page: Page, writing: string): Promise<number> {
  await page.waitForSelector(`${writing}[data-writing=false]`, { state: 'attached' });
  const watch = await page.evaluateHandle((mark) => {
    let begun = false;
    const stored = window.measure.sinceInput(() => {
      const isWriting = document.querySelector<HTMLElement>(mark)?.dataset.writing === 'true';
      begun ||= isWriting;
      return begun && !isWriting;
    });
    return { stored };
  }, writing);
  await page.keyboard.press('x');
  return await watch.evaluate(({ stored }) => stored);
}
