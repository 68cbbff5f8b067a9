// What this machine takes for what nobody can do with less: a page without anything that changes one element at a key, that has
// a worker store eight kilobytes, or asks it for nothing. The app's own figures are read beside these.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { staticFiles } from '../../api/host/static';
import { type Device, newPage, openProfile } from './chromium';
import { median, quantile } from './figures';
import { inPageScript } from './in-page';
import type { Spread } from './runs';

/** ms */
export interface Floors {
  /** From a key to the frame that shows its change. */
  readonly painted: Spread;
  /** From a key until the page knows that a worker has written and flushed 8 kB. */
  readonly stored: Spread;
  /** From a question to a worker, on the way that a second tab takes, to its answer. */
  readonly asked: Spread;
}

declare global {
  interface Window {
    askWorker(bytes: number): Promise<void>;
    askChannel(): Promise<void>;
  }
}

const count = 60;

export async function measureFloors(device: Device): Promise<Floors> {
  const site = await serveFloor();
  const profile = mkdtempSync(join(tmpdir(), 'outpost-floor-'));
  const context = await openProfile(profile, device);
  try {
    await context.addInitScript(inPageScript('#card'));
    const page = await newPage(context, device);
    await page.goto(site.url);
    await page.waitForFunction(() => 'askWorker' in window);
    await page.evaluate(() => window.askWorker(8192));
    const painted: number[] = [];
    const stored: number[] = [];
    const asked: number[] = [];
    for (let i = 0; i <= count; i++) {
      const key = i % 2 === 0 ? '1' : '2';
      const watch = await page.evaluateHandle((pressed) => {
        const card = document.querySelector('#card');
        return {
          painted: window.measure.sinceInput(() => card?.ariaLabel?.startsWith(pressed) === true),
          stored: window.measure.knownSinceInput(() => card?.ariaLabel === `${pressed}, stored`),
        };
      }, key);
      await page.keyboard.press(key);
      painted.push(await watch.evaluate((both) => both.painted));
      stored.push(await watch.evaluate((both) => both.stored));
      asked.push(
        await page.evaluate(async () => {
          const begun = performance.now();
          await window.askChannel();
          return performance.now() - begun;
        }),
      );
    }
    return { painted: spread(painted), stored: spread(stored), asked: spread(asked) };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    await site.stop();
  }
}

/** The first sample warms up and does not count. */
function spread([, ...taken]: readonly number[]): Spread {
  return { p50: median(taken), p95: quantile(taken, 0.95), samples: taken.length };
}

function serveFloor(): Promise<{ url: string; stop(): Promise<void> }> {
  const app = new Hono();
  app.use(staticFiles(fileURLToPath(new URL('floor', import.meta.url))));
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      const stop = () =>
        new Promise<void>((done) => {
          server.close(() => done());
          if ('closeAllConnections' in server) server.closeAllConnections();
        });
      resolve({ url: `http://localhost:${port}/`, stop });
    });
  });
}
