// npm test: the checks of the source, the unit and property tests, and the browser tests, one after the other. What
// they print is passed on, and what failed is said again; the last line sums them up, and the exit code is 0 only when nothing failed.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './chromium';
import { add, type Count, fromChecks, fromPlaywright, fromVitest, summary } from './test-count';
import { failuresAgain, playwrightFailures, vitestFailures } from './test-failures';

const root = fileURLToPath(new URL('../', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'outpost-reports-'));

interface Ended {
  code: number;
  output: string;
}

/** Runs a program of this repository, passing its output on and keeping it. */
function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  console.log(`\n== ${[command, ...args].join(' ')}`);
  return new Promise((done) => {
    const child = spawn(join(root, 'node_modules', '.bin', command), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.once('error', (error) => done({ code: 1, output: String(error) }));
    child.once('close', (code) => done({ code: code ?? 1, output }));
  });
}

function report(name: string): unknown {
  const file = join(reports, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

async function checks(): Promise<Count> {
  const { code, output } = await run('tsx', ['scripts/check.ts']);
  return fromChecks(output, code);
}

async function unit(): Promise<Count> {
  const file = join(reports, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await run('vitest', args);
  return fromVitest(report('vitest.json'), code);
}

async function browser(): Promise<Count> {
  const specs = readdirSync(join(root, 'e2e'), { recursive: true }).filter((name) =>
    /\.(spec|test)\.ts$/.test(String(name)),
  );
  if (specs.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const chromium = ensureChromium((line) => console.log(line));
  if (!chromium) {
    console.error('There is no Chromium and none could be installed; set CHROMIUM_PATH to one.');
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const { code } = await run('playwright', ['test', '--reporter=list,json'], {
    CHROMIUM_PATH: chromium,
    PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'playwright.json'),
  });
  return fromPlaywright(report('playwright.json'), code);
}

let total: Count = { passed: 0, failed: 0, skipped: 0 };
for (const part of [checks, unit, browser]) total = add(total, await part());
const failures = [
  ...vitestFailures(report('vitest.json'), root),
  ...playwrightFailures(report('playwright.json')),
];
rmSync(reports, { recursive: true, force: true });
if (failures.length > 0) console.log(`\n${failuresAgain(failures)}`);
console.log(`\n${summary(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
