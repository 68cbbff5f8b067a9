// HTTP/1.1 gives a browser about six connections per origin for all tabs: live shapes must leave room for writes.
import type { Request } from '@playwright/test';
import { columns } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

const isLive = (request: Request) =>
  request.url().includes('/api/shapes/live') || request.url().includes('live=true');

const WRITES_PER_TAB = 5;
/** From the request of a write to its answer, ms. */
const LONGEST_WRITE = 1_000;

test('live shapes of two tabs share one request, and every write is answered within a second', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['One', 'Two'] });
  const browser = await device();
  const running = new Set<Request>();
  let mostAtOnce = 0;
  /** When live requests began and ended, ms. */
  const live = new Map<Request, { from: number; to: number }>();
  browser.context.on('request', (request) => {
    if (!request.url().startsWith(`${server.url}/api/`)) return;
    running.add(request);
    mostAtOnce = Math.max(mostAtOnce, running.size);
    if (isLive(request)) live.set(request, { from: Date.now(), to: Number.POSITIVE_INFINITY });
  });
  const ended = (request: Request) => {
    running.delete(request);
    const poll = live.get(request);
    if (poll) poll.to = Date.now();
  };
  browser.context.on('requestfinished', ended);
  browser.context.on('requestfailed', ended);

  const liveNow = () => [...running].filter(isLive).length;
  const first = await browser.boardOf(team, team.owner);
  const second = await browser.tab();
  await second.openBoard(team);
  await second.upToDate();
  await expect.poll(liveNow).toBe(1);

  // The first load is behind us; what matters is the long time after it.
  mostAtOnce = 0;
  const took: number[] = [];
  for (let i = 0; i < WRITES_PER_TAB; i++) {
    for (const [name, tab] of [
      ['first', first],
      ['second', second],
    ] as const) {
      const requested = browser.context.waitForEvent('request', (r) => r.url().endsWith('/api/write'));
      await tab.addTask(columns.doing, `Write ${i + 1} of the ${name}`);
      const request = await requested;
      const response = await request.response();
      expect(response?.status()).toBe(200);
      await response!.finished();
      took.push(request.timing().responseEnd);
      await tab.isOnServer(`Write ${i + 1} of the ${name}`);
    }
  }
  await expect.poll(liveNow).toBe(1);
  // Ending one to ask for more takes a moment; beside that there is never a second.
  const polls = [...live.values()];
  const overlaps = polls.flatMap((a, i) =>
    polls.slice(i + 1).map((b) => Math.min(a.to, b.to) - Math.max(a.from, b.from)),
  );
  expect(Math.max(...overlaps), 'ms of two live requests at once').toBeLessThan(300);
  expect(mostAtOnce, 'requests at once, of six that a browser makes').toBeLessThan(5);
  expect(Math.max(...took), `each of ${took.map(Math.round)} ms`).toBeLessThan(LONGEST_WRITE);
});
