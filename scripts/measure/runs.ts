// What is done to each subject, Outpost and stock PGlite alike: starting, loading ten thousand tasks, writing,
// searching; and what it used of memory meanwhile. Times are in ms.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { type Device, type Memory, memoryOf, newPage, openProfile, watchWorkers } from './chromium';
import { median, quantile } from './figures';

/** A page that shows tasks out of its own database. */
export interface Subject {
  readonly name: string;
  /** Of the page that shows the board or list. */
  readonly url: string;
  /** Address of the script of the worker that holds the database. */
  readonly worker: RegExp;
  /** Names of the performance marks that the page sets. */
  readonly marks: Readonly<Record<keyof Boot, string>>;
  /** Once per profile, before its first page: a session, say. */
  enter(context: BrowserContext): Promise<void>;
  /** Once per browser: what its pages need to be measured. */
  prepare(context: BrowserContext): Promise<void>;
  /** Resolves when this many tasks are on the device and the list shows the first of them. */
  loaded(page: Page, tasks: number): Promise<void>;
  /** Changes a task that is shown. @returns ms from the key, or the call, to the frame that shows it */
  writeToPaint(page: Page, nth: number): Promise<number>;
  /** @returns ms from the last key, or the call, to the frame that shows the hits */
  searchToPaint(page: Page, words: string): Promise<number>;
}

/** ms since the navigation began. */
export interface Boot {
  readonly firstPaint: number;
  readonly tasksReadable: number;
  readonly databaseWritable: number;
}

export interface BootRuns {
  /** A browser that has never been here. */
  readonly cold: Boot;
  /** The browser was closed and opened again. */
  readonly reopened: Boot;
  /** The page was reloaded. */
  readonly reloaded: Boot;
}

export interface Use {
  readonly tasks: number;
  /** From the navigation until all tasks are on the device, in a new browser. */
  readonly firstLoadMs: number;
  readonly afterLoad: Memory;
  readonly writeToPaint: { readonly p50: number; readonly p95: number; readonly samples: number };
  readonly searchToPaint: { readonly p50: number; readonly p95: number; readonly samples: number };
  readonly afterUse: Memory;
}

/** Starts each subject `runs` times with new profiles, in turns. @returns medians by the subject's name */
export async function measureBoots(
  subjects: readonly Subject[],
  device: Device,
  tasks: number,
  runs: number,
): Promise<Record<string, BootRuns>> {
  const all = new Map<Subject, BootRuns[]>(subjects.map((subject) => [subject, []]));
  for (let i = 0; i < runs; i++) {
    for (const [subject, taken] of all) taken.push(await bootRun(subject, device, tasks));
  }
  return Object.fromEntries([...all].map(([subject, taken]) => [subject.name, mediansOf(taken)]));
}

function bootRun(subject: Subject, device: Device, tasks: number): Promise<BootRuns> {
  return inNewProfile(async (profile) => {
    const first = await openProfile(profile, device);
    await subject.enter(first);
    await subject.prepare(first);
    const page = await newPage(first, device);
    const cold = await goTo(page, subject, tasks);
    await first.close();
    const second = await openProfile(profile, device);
    await subject.prepare(second);
    const again = await newPage(second, device);
    const reopened = await goTo(again, subject, tasks);
    await again.reload();
    const reloaded = await bootOf(again, subject);
    await second.close();
    return { cold, reopened, reloaded };
  });
}

function mediansOf(runs: readonly BootRuns[]): BootRuns {
  const of = (kind: keyof BootRuns) => medianBoot(runs.map((run) => run[kind]));
  return { cold: of('cold'), reopened: of('reopened'), reloaded: of('reloaded') };
}

/** Loads many tasks into a new profile, writes and searches. */
export async function measureUse(subject: Subject, device: Device, tasks: number): Promise<Use> {
  return inNewProfile(async (profile) => {
    const context = await openProfile(profile, device);
    try {
      await subject.enter(context);
      await subject.prepare(context);
      await watchWorkers(context, subject.worker);
      const page = await newPage(context, device);
      const begun = performance.now();
      await page.goto(subject.url);
      await subject.loaded(page, tasks);
      const firstLoadMs = performance.now() - begun;
      const afterLoad = await memoryOf(page);
      const writes = await samples(40, (i) => subject.writeToPaint(page, i));
      const terms = [
        'pump',
        'ballast',
        'needle',
        'freezer sensor',
        'mast',
        'winch',
        'diesel',
        'anchor hatch',
      ];
      const searches = await samples(24, (i) => subject.searchToPaint(page, terms[i % terms.length]!));
      return {
        tasks,
        firstLoadMs,
        afterLoad,
        writeToPaint: spread(writes),
        searchToPaint: spread(searches),
        afterUse: await memoryOf(page),
      };
    } finally {
      await context.close();
    }
  });
}

/**
 * Loads many tasks into a new profile of each subject, then closes the browser and opens it again `runs` times, in turns.
 * @returns medians by the subject's name
 */
export async function measureReopened(
  subjects: readonly Subject[],
  tasks: number,
  runs: number,
): Promise<Record<string, Boot>> {
  const profiles = new Map<Subject, { profile: string; taken: Boot[] }>();
  const openAgain = async (subject: Subject, profile: string, isNew: boolean): Promise<Boot> => {
    const context = await openProfile(profile, 'desktop');
    try {
      if (isNew) await subject.enter(context);
      await subject.prepare(context);
      return await goTo(await newPage(context, 'desktop'), subject, tasks);
    } finally {
      await context.close();
    }
  };
  try {
    for (const subject of subjects) {
      const profile = mkdtempSync(join(tmpdir(), 'outpost-profile-'));
      profiles.set(subject, { profile, taken: [] });
      await openAgain(subject, profile, true);
      // What is put off until nobody waits is done by then, and the code is cached as after a day's use.
      await openAgain(subject, profile, false);
    }
    for (let i = 0; i < runs; i++) {
      for (const [subject, { profile, taken }] of profiles) {
        taken.push(await openAgain(subject, profile, false));
      }
    }
    return Object.fromEntries([...profiles].map(([{ name }, { taken }]) => [name, medianBoot(taken)]));
  } finally {
    for (const { profile } of profiles.values()) {
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

function medianBoot(taken: readonly Boot[]): Boot {
  const at = (mark: keyof Boot) => median(taken.map((boot) => boot[mark]));
  return {
    firstPaint: at('firstPaint'),
    tasksReadable: at('tasksReadable'),
    databaseWritable: at('databaseWritable'),
  };
}

export type Spread = Use['writeToPaint'];

/** Two browsers of one person show the same tasks. @returns ms until what one writes is seen on the other */
export async function measureReach(
  subject: Subject,
  reach: (page: Page, other: Page, nth: number) => Promise<number>,
  tasks: number,
): Promise<Spread> {
  return inNewProfile((one) =>
    inNewProfile(async (two) => {
      const contexts = [await openProfile(one, 'desktop'), await openProfile(two, 'desktop')];
      try {
        const pages: Page[] = [];
        for (const context of contexts) {
          await subject.enter(context);
          await subject.prepare(context);
          const page = await newPage(context, 'desktop');
          await goTo(page, subject, tasks);
          pages.push(page);
        }
        return spread(await samples(40, (i) => reach(pages[0]!, pages[1]!, i)));
      } finally {
        for (const context of contexts) await context.close();
      }
    }),
  );
}

async function goTo(page: Page, subject: Subject, tasks: number): Promise<Boot> {
  await page.goto(subject.url);
  await subject.loaded(page, tasks);
  return bootOf(page, subject);
}

/** Waits for the marks of the navigation that the page is in. */
async function bootOf(page: Page, subject: Subject): Promise<Boot> {
  const { firstPaint, tasksReadable, databaseWritable } = subject.marks;
  const names = [firstPaint, tasksReadable, databaseWritable];
  await page.waitForFunction(
    (list) => list.every((name) => performance.getEntriesByName(name).length > 0),
    names,
    { timeout: 120_000 },
  );
  const times = await page.evaluate(
    (list) => list.map((name) => performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN),
    names,
  );
  const [first = Number.NaN, readable = Number.NaN, writable = Number.NaN] = times;
  return { firstPaint: first, tasksReadable: readable, databaseWritable: writable };
}

/** The first sample warms up and does not count. */
async function samples(count: number, take: (i: number) => Promise<number>): Promise<number[]> {
  // An odd one: what it does is undone by the first that counts, so that there is something to see.
  await take(count + 1);
  const taken: number[] = [];
  for (let i = 0; i < count; i++) taken.push(await take(i));
  return taken;
}

function spread(taken: readonly number[]): Use['writeToPaint'] {
  return { p50: quantile(taken, 0.5), p95: quantile(taken, 0.95), samples: taken.length };
}

async function inNewProfile<T>(run: (profile: string) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'outpost-profile-'));
  try {
    return await run(profile);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
