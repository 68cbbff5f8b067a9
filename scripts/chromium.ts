// Finds a Chromium for the browser tests, or gets one: the machine's own, Playwright's, or Debian's.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** @returns the path of a browser that is there; CHROMIUM_PATH comes first, and must exist when set. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : null;
  return [...usual, chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

/** The same, and installs one when there is none. @returns null when that does not work either */
export function ensureChromium(log: (line: string) => void): string | null {
  const found = findChromium();
  if (found || process.env.CHROMIUM_PATH) return found;
  log('No Chromium found; installing one.');
  run('npx', ['playwright', 'install', 'chromium']);
  const own = findChromium();
  if (own || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return own;
  run('apt-get', ['update']);
  run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
  return findChromium();
}

function run(command: string, args: string[]): void {
  spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
