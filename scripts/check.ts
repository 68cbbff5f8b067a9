// `npm run check`: everything about the source that needs no server and no browser. Runs all, then says what failed.
// One line each, with the time it took; what a failed check found comes below it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { houseCheck } from './house';
import { importCheck } from './imports';
import { migrationLint } from './migration-lint';
import { type Check, problemLine } from './problem';
import { roomCheck } from './rooms';
import { typesCheck } from './types';

interface Outcome {
  readonly name: string;
  readonly findings: string;
  readonly seconds: number;
}

async function timed(name: string, run: () => Promise<string>): Promise<Outcome> {
  const start = performance.now();
  const findings = await run().catch((error: unknown) => String(error));
  return { name, findings, seconds: (performance.now() - start) / 1000 };
}

/** @returns what the program printed when it failed, and nothing when it did not. */
function program(name: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(join('node_modules', '.bin', name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve(exitCode === 0 ? '' : Buffer.concat(output).toString().trim() || `exit code ${exitCode}`);
    });
  });
}

async function findings(check: Check): Promise<string> {
  return (await check.run(process.cwd())).map(problemLine).join('\n');
}

const steps: (() => Promise<Outcome>)[] = [
  () => timed('tsc', () => program('tsc', '-p', '.')),
  () =>
    timed('biome', () =>
      program('biome', 'ci', '--colors=off', '--error-on-warnings', '--diagnostic-level=warn'),
    ),
  ...[importCheck, roomCheck, migrationLint, typesCheck, houseCheck].map(
    (check) => () => timed(check.name, () => findings(check)),
  ),
];

let failed = 0;
for (const step of steps) {
  const outcome = await step();
  if (outcome.findings !== '') failed++;
  const mark = outcome.findings === '' ? 'ok  ' : 'FAIL';
  console.log(`${mark} ${outcome.name.padEnd(12)}${outcome.seconds.toFixed(1).padStart(6)} s`);
  if (outcome.findings !== '') console.log(outcome.findings.replace(/^/gm, '     '));
}
console.log(failed === 0 ? 'all checks hold' : `${failed} of ${steps.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
