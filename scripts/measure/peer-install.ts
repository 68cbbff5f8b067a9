// Installs the libraries that are measured beside PGlite, from their own package, when they are asked for: the repository's own
// installation does not have them.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('peers/', import.meta.url));
const stamp = join(folder, 'node_modules', '.outpost-stamp');

/** Does nothing when what the lock file names is installed. @throws when npm cannot install it */
export function installPeers(): void {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  writeFileSync(stamp, lock);
}

/** @returns the installed version of a package of the peers, or of the repository */
export function versionOf(name: string, ofRepository: boolean): string {
  const modules = ofRepository
    ? join(folder, '..', '..', '..', 'node_modules')
    : join(folder, 'node_modules');
  const text = readFileSync(join(modules, name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
