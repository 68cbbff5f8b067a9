// End-to-end tests: a real server per worker and a real Chromium, through the interface and HTTP only.
// CHROMIUM_PATH names another Chromium; without it Playwright's own is taken where it is installed.
import { existsSync } from 'node:fs';
import { chromium, defineConfig } from '@playwright/test';

const installed = [process.env.CHROMIUM_PATH, chromium.executablePath(), '/usr/bin/chromium'];
const executablePath = installed.find((path) => path && existsSync(path));

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/build-once.ts',
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 150_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    viewport: { width: 1440, height: 900 },
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox'] },
    screenshot: 'only-on-failure',
  },
});
