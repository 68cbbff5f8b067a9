// npm run measure: measures the built client beside stock PGlite and writes docs/measurements.md and .json.
// With --bytes it only measures the files against scripts/budgets.json; that takes seconds and no browser.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildWhenStale, clientDist } from './build';
import { compressFolder } from './compress';
import { appSubject, reachOther } from './measure/app-subject';
import { type Asset, measureAssets, totalOf } from './measure/assets';
import { type BookingFigures, measureBookings } from './measure/bookings';
import { overBookings, overBytes, overFanout, overHeap, overLoad, readBudgets } from './measure/budgets';
import { chromiumVersion, type Device } from './measure/chromium';
import { measureDependencies } from './measure/dependencies';
import { budgetedFanout, type FanoutFigures, measureFanout } from './measure/fanout';
import { budgeted, type LoadFigures, measureLoad } from './measure/load';
import { type DeviceFigures, type Measurements, reportText } from './measure/report';
import { measureBoot, measureReach, measureUse, type Subject } from './measure/runs';
import { startMeasuredServer } from './measure/server';
import { measureStarts, type Starts } from './measure/starts';
import { serveStockSite } from './measure/stock-site';
import { stockSubject } from './measure/stock-subject';

const root = fileURLToPath(new URL('../', import.meta.url));
const cache = `${root}.cache/compressed`;
const repeats = 3;
const bootTasks = 50;
const manyTasks = 10_000;

const machineLoad = () => Number(loadavg()[0]?.toFixed(1));
const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

async function builtAssets(): Promise<Asset[]> {
  if (!(await buildWhenStale())) throw new Error('the client could not be built');
  await compressFolder(clientDist, cache, 'best');
  return measureAssets(clientDist);
}

async function measureDevice(
  device: Device,
  few: readonly Subject[],
  many: readonly Subject[],
): Promise<DeviceFigures> {
  const boot: Record<string, DeviceFigures['boot'][string]> = {};
  const use: Record<string, DeviceFigures['use'][string]> = {};
  for (const subject of few) {
    say(`${device}: starting ${subject.name}`);
    boot[subject.name] = await measureBoot(subject, device, bootTasks, repeats);
  }
  for (const subject of many) {
    say(`${device}: ${subject.name} with ${manyTasks} tasks`);
    use[subject.name] = await measureUse(subject, device, manyTasks);
  }
  return { boot, use };
}

async function measureAll(
  starts: Starts,
  bookings: BookingFigures,
  load: LoadFigures,
  fanout: readonly FanoutFigures[],
  assets: readonly Asset[],
): Promise<Measurements> {
  const before = machineLoad();
  say('packages');
  const dependencies = await measureDependencies(`${root}client/vite.config.ts`);
  say('server');
  const server = await startMeasuredServer();
  const site = await serveStockSite(cache);
  try {
    const few = [appSubject(server.url, await server.person('few', bootTasks)), stockSubject(site.url)];
    const many = [appSubject(server.url, await server.person('many', manyTasks)), stockSubject(site.url)];
    const desktop = await measureDevice('desktop', few, many);
    const phone = await measureDevice('phone', few, many);
    say('from one device to another');
    const reach = await measureReach(few[0]!, reachOther, bootTasks);
    return {
      starts,
      bookings,
      load,
      fanout,
      reach,
      measuredAt: new Date().toISOString(),
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim(),
      machine: {
        cpu: cpus()[0]?.model ?? 'unknown',
        cores: cpus().length,
        memoryGiB: Math.round(totalmem() / 1024 ** 3),
        node: process.versions.node,
        chromium: await chromiumVersion(),
        load: [before, machineLoad()],
      },
      repeats,
      bootTasks,
      assets,
      total: totalOf(assets),
      firstPaint: totalOf(assets.filter((a) => a.firstPaint)),
      dependencies,
      budgets: readBudgets(),
      devices: { desktop, phone },
    };
  } finally {
    await site.stop();
    await server.stop();
  }
}

const onlyBytes = process.argv.includes('--bytes');
if (!onlyBytes) say('first start, next start');
const starts = onlyBytes ? null : await measureStarts();
const assets = await builtAssets();
const broken = overBytes(readBudgets(), assets);
if (starts === null) {
  const number = new Intl.NumberFormat('en');
  for (const a of assets)
    console.log(`${number.format(a.brotli).padStart(12)} ${a.file}${a.firstPaint ? ' *' : ''}`);
} else {
  say('advice on bookings');
  const bookings = await measureBookings();
  say("one person's load");
  const load = await measureLoad();
  say('members who are there');
  const fanout = await measureFanout([50, 200]);
  const measured = await measureAll(starts, bookings, load, fanout, assets);
  broken.push(...overBookings(readBudgets(), bookings), ...overLoad(readBudgets(), budgeted(load)));
  broken.push(...overFanout(readBudgets(), budgetedFanout(fanout)));
  writeFileSync(`${root}docs/measurements.json`, `${JSON.stringify(measured, null, 2)}\n`);
  writeFileSync(`${root}docs/measurements.md`, reportText(measured));
  for (const { use } of Object.values(measured.devices)) {
    if (use.Outpost) broken.push(...overHeap(readBudgets(), use.Outpost.afterUse));
  }
  say('docs/measurements.md written');
}
for (const sentence of broken) console.error(`over budget: ${sentence}`);
if (broken.length > 0) process.exitCode = 1;
