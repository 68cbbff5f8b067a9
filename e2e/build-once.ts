// Before all tests: the client is built, unless it is there already, so that it is done once and not by each worker's server.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export default async function buildOnce(): Promise<void> {
  const cwd = fileURLToPath(new URL('../', import.meta.url));
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--quick'], { cwd });
}
