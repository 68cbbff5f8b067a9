// Vite plugin: after a build, writes the list of all its files into sw.js, so that the app opens offline.
// The build's version is a hash over the contents of these files.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Plugin } from 'vite';

/** Never precached: the service worker itself, maps, and the server's compressed copies of other files. */
function isSkipped(name: string, all: ReadonlySet<string>): boolean {
  const copied = name.replace(/\.(br|gz)$/, '');
  return name === 'sw.js' || name.endsWith('.map') || (copied !== name && all.has(copied));
}

function files(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

/**
 * Fills the placeholder in `dist/sw.js`, once per build; all other files must be there already.
 * @returns number of files in the list
 */
export function injectPrecache(dist: string): number {
  const all = new Set(files(dist).map((path) => relative(dist, path).split(sep).join('/')));
  const names = [...all].filter((name) => !isSkipped(name, all)).sort();
  const version = createHash('sha256');
  for (const name of names)
    version
      .update(name)
      .update('\0')
      .update(readFileSync(join(dist, name)));
  const manifest = { version: version.digest('hex').slice(0, 12), files: names.map((name) => `/${name}`) };
  const path = join(dist, 'sw.js');
  const code = readFileSync(path, 'utf8');
  const filled = code.replace(/(["'`])__PRECACHE__\1/, () => JSON.stringify(JSON.stringify(manifest)));
  if (filled === code) throw new Error('sw.js has no precache placeholder');
  writeFileSync(path, filled);
  return names.length;
}

export function precache(): Plugin {
  let dist = '';
  let written = false;
  return {
    name: 'outpost-precache',
    apply: 'build',
    configResolved(config) {
      dist = config.build.outDir;
    },
    writeBundle() {
      written = true;
    },
    closeBundle() {
      // A build that failed wrote nothing, and says why itself.
      if (written) injectPrecache(dist);
    },
  };
}
