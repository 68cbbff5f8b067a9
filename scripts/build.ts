// npm run build: the client, and beside each file its compressed copies, so that serving costs no time.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compressFolder } from './compress';

const root = fileURLToPath(new URL('../', import.meta.url));
/** The built client. */
export const clientDist = join(root, 'client', 'dist');
/** Compressed files by content. */
const compressed = join(root, '.cache', 'compressed');
/** Says from which sources client/dist was built. */
const stampFile = join(root, '.cache', 'client-build');

/** Everything that can change the build; tests are left out. */
const sources = [
  ...['client', 'db', 'electric/shapes.ts', 'migrations', 'package-lock.json'],
  ...['scripts/build.ts', 'scripts/prepare.ts'],
];

export interface BuildOptions {
  /** Do nothing when client/dist was built from the very sources that are here. */
  readonly onlyWhenStale: boolean;
  /** quick: large files are compressed well enough for now; see compressInBackground. */
  readonly compression: 'quick' | 'best';
  readonly log: (line: string) => void;
}

/** @returns whether it built. @throws what Vite throws */
export async function buildClient(options: BuildOptions): Promise<boolean> {
  const stamp = sourceHash();
  const built = existsSync(join(clientDist, 'index.html')) && existsSync(stampFile);
  if (options.onlyWhenStale && built && readFileSync(stampFile, 'utf8') === stamp) return false;
  options.log('Building the client; this is done once.');
  // Only now: a start that builds nothing does without these two, and starts half a second sooner.
  const [{ build }, { prepareDatabase }] = await Promise.all([import('vite'), import('./prepare')]);
  await prepareDatabase();
  await build({ configFile: join(root, 'client', 'vite.config.ts'), logLevel: 'error' });
  await compressFolder(clientDist, compressed, options.compression);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

/**
 * Replaces the copies that a quick build left larger than they could be, in a process of low priority.
 * @returns stops it
 */
export function compressInBackground(): () => void {
  const program = fileURLToPath(new URL('compress.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, clientDist, compressed], {
    stdio: 'ignore',
    cwd: root,
  });
  child.on('error', () => {});
  return () => void child.kill();
}

function sourceHash(): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesOf(source))
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** @returns paths from the repository's root, in a fixed order */
function filesOf(source: string): string[] {
  if (!existsSync(join(root, source))) return [];
  if (/\.\w+$/.test(source)) return [source];
  return readdirSync(join(root, source), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name === 'dist' || entry.name === 'generated' || /\.test\.tsx?$/.test(entry.name)) return [];
      const path = `${source}/${entry.name}`;
      return entry.isDirectory() ? filesOf(path) : [path];
    });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildClient({ onlyWhenStale: false, compression: 'best', log: (line) => console.log(line) });
}
