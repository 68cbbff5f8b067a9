// Drives the pages of peers and of the ladder's levels: each is started, filled, used, closed and started again, in turns, so that
// what else the machine does meets all alike. One that fails says why and does not keep the others from going on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { type Memory, memoryOf, newPage, openProfile, watchWorkers } from './chromium';
import { median, quantile } from './figures';
import { inPageScript, tasksReadableMark } from './in-page';
import { type UseSamples, writableMark } from './peer-contract';
import { type PeerPageOptions, type PeerSite, servePeer } from './peer-site';

export interface Subject extends PeerPageOptions {
  readonly key: string;
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly samples: number;
}

/** Times in ms. What could not be measured is absent, and `failed` says why. */
export interface PeerFigures {
  readonly key: string;
  /** Of all files that the browser asked for until it could write, brotli. */
  readonly bytes?: number;
  /** Medians. */
  readonly cold?: { readonly writable: number };
  readonly reopened?: { readonly writable: number; readonly readable: number };
  readonly insert?: number;
  readonly use?: Readonly<Record<keyof UseSamples, Quantiles>>;
  /** How many runs the medians are of. */
  readonly runs: number;
  readonly memory?: { readonly booted: Memory; readonly used: Memory };
  /** With ten times as many tasks, once. */
  readonly large?: {
    readonly insert: number;
    readonly list: Quantiles;
    readonly point: Quantiles;
    readonly memory: Memory;
  };
  readonly failed?: string;
}

export interface RunOptions {
  readonly runs: number;
  readonly tasks: number;
  /** How often each question is asked in a run. */
  readonly times: number;
  /** Tasks of the single large run; 0: none. */
  readonly large: number;
  readonly say: (line: string) => void;
}

/** ms that a start, or a use, may take before it counts as failed. */
const longest = { start: 60_000, use: 90_000, large: 180_000 } as const;

interface Taken {
  bytes: number[];
  cold: number[];
  insert: number[];
  reopened: number[];
  readable: number[];
  use: UseSamples[];
}

/** @returns figures in the order of the subjects */
export async function measurePeers(
  subjects: readonly Subject[],
  options: RunOptions,
): Promise<PeerFigures[]> {
  const failed = new Map<string, string>();
  const sites = new Map<string, PeerSite>();
  const taken = new Map<string, Taken>();
  const more = new Map<string, Pick<PeerFigures, 'memory' | 'large'>>();
  /** A subject that failed is left alone from then on. */
  const attempt = async (key: string, what: string, run: (site: PeerSite) => Promise<void>) => {
    const site = sites.get(key);
    if (!site || failed.has(key)) return;
    options.say(`${key}: ${what}`);
    try {
      await run(site);
    } catch (error) {
      failed.set(key, `${what}: ${firstLine(error)}`);
      options.say(`${key} failed, ${failed.get(key)}`);
    }
  };
  try {
    for (const subject of subjects) {
      try {
        sites.set(subject.key, await servePeer(subject));
      } catch (error) {
        failed.set(subject.key, `build: ${firstLine(error)}`);
      }
    }
    for (let run = 1; run <= options.runs; run++) {
      for (const { key } of subjects) {
        await attempt(key, `run ${run}`, async (site) => {
          const one = taken.get(key) ?? nothing();
          await runOnce(site, options, one);
          taken.set(key, one);
        });
      }
    }
    for (const { key } of subjects) {
      await attempt(key, 'memory', async (site) => {
        more.set(key, { memory: await memoryRun(site, options) });
      });
      if (options.large === 0) continue;
      await attempt(key, `${options.large} tasks`, async (site) => {
        more.set(key, { ...more.get(key), large: await largeRun(site, options) });
      });
    }
  } finally {
    for (const site of sites.values()) await site.stop();
  }
  return subjects.map(({ key }) => ({
    ...figuresOf(key, taken.get(key) ?? nothing()),
    ...more.get(key),
    ...(failed.has(key) ? { failed: failed.get(key)! } : {}),
  }));
}

const nothing = (): Taken => ({ bytes: [], cold: [], insert: [], reopened: [], readable: [], use: [] });

function figuresOf(key: string, all: Taken): PeerFigures {
  const runs = all.readable.length;
  if (runs === 0) return { key, runs };
  const pooled = (name: keyof UseSamples) => quantiles(all.use.flatMap((use) => use[name]));
  return {
    key,
    runs,
    bytes: median(all.bytes),
    cold: { writable: median(all.cold) },
    reopened: { writable: median(all.reopened), readable: median(all.readable) },
    insert: median(all.insert),
    use: {
      durable: pooled('durable'),
      live: pooled('live'),
      painted: pooled('painted'),
      list: pooled('list'),
      point: pooled('point'),
      search: pooled('search'),
    },
  };
}

const quantiles = (samples: readonly number[]): Quantiles => ({
  p50: median(samples),
  p95: quantile(samples, 0.95),
  samples: samples.length,
});

/** Adds to what was taken only when all of the run went well. */
async function runOnce(site: PeerSite, { tasks, times }: RunOptions, all: Taken): Promise<void> {
  await inNewProfile(async (profile) => {
    site.forget();
    const first = await inBrowser(profile, longest.use, async (page) => {
      const cold = await writable(page, site.url);
      const bytes = site.asked();
      const insert = await page.evaluate(async (n) => (await window.peer).load(n), tasks);
      const use = await page.evaluate(async (n) => (await window.peer).use(n), times);
      return { cold, bytes, insert, use };
    });
    const again = await inBrowser(profile, longest.start, async (page) => {
      const opened = await writable(page, site.url);
      return { opened, readable: await markOf(page, tasksReadableMark) };
    });
    all.cold.push(first.cold);
    all.bytes.push(first.bytes);
    all.insert.push(first.insert);
    all.use.push(first.use);
    all.reopened.push(again.opened);
    all.readable.push(again.readable);
  });
}

async function memoryRun(
  site: PeerSite,
  { tasks, times }: RunOptions,
): Promise<NonNullable<PeerFigures['memory']>> {
  return await inNewProfile((profile) =>
    inBrowser(
      profile,
      longest.use,
      async (page) => {
        await writable(page, site.url);
        const booted = await memoryOf(page);
        await page.evaluate(async (n) => (await window.peer).load(n), tasks);
        await page.evaluate(async (n) => (await window.peer).use(n), times);
        return { booted, used: await memoryOf(page) };
      },
      watched,
    ),
  );
}

async function largeRun(
  site: PeerSite,
  { large, times }: RunOptions,
): Promise<NonNullable<PeerFigures['large']>> {
  return await inNewProfile((profile) =>
    inBrowser(
      profile,
      longest.large,
      async (page) => {
        await writable(page, site.url);
        const insert = await page.evaluate(async (n) => (await window.peer).load(n), large);
        const use = await page.evaluate(async (n) => (await window.peer).use(n), times);
        const memory = await memoryOf(page);
        return { insert, list: quantiles(use.list), point: quantiles(use.point), memory };
      },
      watched,
    ),
  );
}

/** Fills a page once, in a new profile. @returns ms, as PeerPage.load; @throws when it takes too long */
export async function loadOnce(site: PeerSite, tasks: number): Promise<number> {
  return await inNewProfile((profile) =>
    inBrowser(profile, longest.large, async (page) => {
      await writable(page, site.url);
      return await page.evaluate(async (n) => (await window.peer).load(n), tasks);
    }),
  );
}

/** Makes WebAssembly memory visible, in the page and in its workers; it costs time, so runs that look at the clock go without. */
const watched = (context: BrowserContext) => watchWorkers(context, /\/assets\/[^/]*\.js$/);

async function inBrowser<T>(
  profile: string,
  limit: number,
  use: (page: Page) => Promise<T>,
  prepare: (context: BrowserContext) => Promise<void> = async () => {},
): Promise<T> {
  const context = await openProfile(profile, 'desktop');
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await context.addInitScript(inPageScript('#tasks li'));
    await prepare(context);
    const page = await newPage(context, 'desktop');
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done within ${limit / 1000} s`)), limit);
    });
    return await Promise.race([use(page), late]);
  } finally {
    clearTimeout(timer);
    await context.close();
  }
}

async function writable(page: Page, url: string): Promise<number> {
  const broken = new Promise<never>((_, reject) => page.once('pageerror', reject));
  broken.catch(() => {});
  await page.goto(url);
  return await Promise.race([markOf(page, writableMark), broken]);
}

/** @returns when a mark was set, ms since the navigation began; waits for it */
async function markOf(page: Page, name: string): Promise<number> {
  const found = await page.waitForFunction((mark) => performance.getEntriesByName(mark)[0], name, {
    timeout: longest.start,
  });
  return await found.evaluate((entry) => (entry as PerformanceEntry).startTime);
}

async function inNewProfile<T>(run: (profile: string) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'outpost-peer-profile-'));
  try {
    return await run(profile);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 300);
