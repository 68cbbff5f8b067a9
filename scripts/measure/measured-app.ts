// The part 'app' of npm run measure: the built client beside stock PGlite, on a desktop and on a phone.
import { appSubject, reachOther } from './app-subject';
import { type Asset, totalOf } from './assets';
import type { Device } from './chromium';
import { measureDependencies } from './dependencies';
import { measureFloors } from './floors';
import type { AppFigures, DeviceFigures } from './report';
import { measureBoots, measureReach, measureReopened, measureUse, type Subject } from './runs';
import { startMeasuredServer } from './server';
import { serveStockSite } from './stock-site';
import { stockSubject } from './stock-subject';

export interface AppOptions {
  /** Of the repository, with a slash at its end. */
  readonly root: string;
  /** Folder of compressed files by content. */
  readonly cache: string;
  /** How often each start is repeated. */
  readonly runs: number;
  readonly assets: readonly Asset[];
  readonly say: (line: string) => void;
}

const bootTasks = 50;
const manyTasks = 10_000;

export async function measureApp({ root, cache, runs, assets, say }: AppOptions): Promise<AppFigures> {
  say('packages');
  const dependencies = await measureDependencies(`${root}client/vite.config.ts`);
  say('server');
  const server = await startMeasuredServer();
  const site = await serveStockSite(cache);
  const measureDevice = async (
    device: Device,
    few: readonly Subject[],
    many: readonly Subject[],
  ): Promise<DeviceFigures> => {
    say(`${device}: starts`);
    const boot = await measureBoots(few, device, bootTasks, runs);
    const use: Record<string, DeviceFigures['use'][string]> = {};
    for (const subject of many) {
      say(`${device}: ${subject.name} with ${manyTasks} tasks`);
      use[subject.name] = await measureUse(subject, device, manyTasks);
    }
    say(`${device}: a page without anything`);
    return { boot, use, floors: await measureFloors(device) };
  };
  try {
    const few = [appSubject(server.url, await server.person('few', bootTasks)), stockSubject(site.url)];
    const many = [appSubject(server.url, await server.person('many', manyTasks)), stockSubject(site.url)];
    const desktop = await measureDevice('desktop', few, many);
    const phone = await measureDevice('phone', few, many);
    say(`opened again with ${manyTasks} tasks`);
    const reopened = await measureReopened(many, manyTasks, runs);
    say('from one device to another');
    const reach = await measureReach(few[0]!, reachOther, bootTasks);
    return {
      reach,
      reopened,
      repeats: runs,
      bootTasks,
      assets,
      total: totalOf(assets),
      firstPaint: totalOf(assets.filter((a) => a.firstPaint)),
      dependencies,
      devices: { desktop, phone },
    };
  } finally {
    await site.stop();
    await server.stop();
  }
}
