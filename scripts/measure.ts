// npm run measure: measures the built client, stock PGlite and other libraries, and writes docs/measurements.md and .json and
// docs/pglite-costs.md with its charts. `--only app,server,scale,peers,ladder`: only these parts; the others keep their figures.
// `--runs 7`: how often each start is repeated. `--bytes`: only the files against scripts/budgets.json; that takes seconds and
// no browser.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildWhenStale, clientDist } from './build';
import { compressFolder } from './compress';
import { type Asset, measureAssets } from './measure/assets';
import { measureBookings } from './measure/bookings';
import { overBookings, overBytes, overFanout, overHeap, overLoad, readBudgets } from './measure/budgets';
import { chromiumVersion } from './measure/chromium';
import { costsText, ladderCharts } from './measure/costs-report';
import { budgetedFanout, measureFanout } from './measure/fanout';
import { budgeted, measureLoad } from './measure/load';
import { measureApp } from './measure/measured-app';
import { measureLadder, measureOthers } from './measure/measured-peers';
import { type Measurements, reportText } from './measure/report';
import type { Stamp } from './measure/report-text';
import { measureScale } from './measure/scale';
import { measureStarts } from './measure/starts';

const root = fileURLToPath(new URL('../', import.meta.url));
const cache = `${root}.cache/compressed`;
const json = `${root}docs/measurements.json`;

const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const broken: string[] = [];

async function builtAssets(): Promise<Asset[]> {
  if (!(await buildWhenStale())) throw new Error('the client could not be built');
  await compressFolder(clientDist, cache, 'best');
  const assets = measureAssets(clientDist);
  broken.push(...overBytes(readBudgets(), assets));
  return assets;
}

/** Each measures without writing anything, in this order. `server` removes the built client first, to measure a first start. */
const parts = {
  async server() {
    say('first start, next start');
    const starts = await measureStarts();
    say('advice on bookings');
    const bookings = await measureBookings();
    say("one person's load");
    const load = await measureLoad();
    say('members who are there');
    const fanout = await measureFanout([50, 200]);
    const budgets = readBudgets();
    broken.push(...overBookings(budgets, bookings), ...overLoad(budgets, budgeted(load)));
    broken.push(...overFanout(budgets, budgetedFanout(fanout)));
    return { starts, bookings, load, fanout };
  },
  async app(runs: number) {
    const measured = await measureApp({ root, cache, runs, assets: await builtAssets(), say });
    for (const { use } of Object.values(measured.devices)) {
      if (use.Outpost) broken.push(...overHeap(readBudgets(), use.Outpost.afterUse));
    }
    return measured;
  },
  async scale() {
    await builtAssets();
    return await measureScale({ cache, say });
  },
  ladder: (runs: number) => measureLadder({ cache, runs, say }),
  peers: (runs: number) => measureOthers({ cache, runs, say }),
} satisfies Record<keyof Measurements, (runs: number) => Promise<object>>;

type Part = keyof typeof parts;
const isPart = (name: string): name is Part => Object.hasOwn(parts, name);

const machineLoad = () => Number(loadavg()[0]?.toFixed(1));

async function stamped<T extends object>(measure: () => Promise<T>): Promise<Stamp & T> {
  const before = machineLoad();
  const figures = await measure();
  return {
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
    ...figures,
  };
}

/** Writes all pages from all figures that there are. */
function write(measured: Measurements): void {
  writeFileSync(json, `${JSON.stringify(measured, null, 2)}\n`);
  writeFileSync(`${root}docs/measurements.md`, reportText(measured, readBudgets()));
  if (!measured.ladder && !measured.peers) return;
  writeFileSync(`${root}docs/pglite-costs.md`, costsText(measured));
  mkdirSync(`${root}docs/charts`, { recursive: true });
  for (const [name, svg] of Object.entries(measured.ladder ? ladderCharts(measured.ladder) : {})) {
    writeFileSync(`${root}docs/charts/${name}`, svg);
  }
}

function printBytes(assets: readonly Asset[]): void {
  const number = new Intl.NumberFormat('en');
  for (const a of assets)
    console.log(`${number.format(a.brotli).padStart(12)} ${a.file}${a.firstPaint ? ' *' : ''}`);
}

const { values } = parseArgs({
  options: {
    bytes: { type: 'boolean', default: false },
    only: { type: 'string' },
    runs: { type: 'string', default: '7' },
  },
});
const asked = values.only?.split(',') ?? Object.keys(parts);
const runs = Number(values.runs);
const unknown = asked.filter((name) => !isPart(name));
if (unknown.length > 0 || !(runs >= 1)) {
  throw new Error(`--only takes ${Object.keys(parts).join(', ')}; --runs a number from 1`);
}
const failed: string[] = [];
if (values.bytes) {
  printBytes(await builtAssets());
} else {
  let measured: Measurements = existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {};
  for (const name of (Object.keys(parts) as Part[]).filter((part) => asked.includes(part))) {
    const begun = performance.now();
    try {
      measured = { ...measured, [name]: await stamped<object>(() => parts[name](runs)) };
      // After each part: one that fails later loses nothing.
      write(measured);
      say(`${name}: ${((performance.now() - begun) / 60_000).toFixed(1)} min`);
    } catch (error) {
      console.error(error);
      failed.push(`${name} could not be measured`);
    }
  }
}
for (const sentence of broken) console.error(`over budget: ${sentence}`);
for (const sentence of failed) console.error(sentence);
if (broken.length > 0 || failed.length > 0) process.exitCode = 1;
