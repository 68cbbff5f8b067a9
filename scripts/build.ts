// npm run build: the client, and beside each file its compressed copies, so that serving costs no time.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Lock, takeLock } from '../api/host/lock';
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

/** quick: large files are compressed well enough for now; see compressInBackground. */
type Compression = 'quick' | 'best';

/** @returns whether client/dist was not built from the very sources that are here. */
export function clientIsStale(): boolean {
  if (!existsSync(join(clientDist, 'index.html')) || !existsSync(stampFile)) return true;
  return readFileSync(stampFile, 'utf8') !== sourceHash();
}

/** Builds, one process at a time. @throws what Vite throws */
async function buildClient(compression: Compression, onlyWhenStale: boolean): Promise<void> {
  // A build is for production whoever asks for it: Vite and React take a test's NODE_ENV for development.
  process.env.NODE_ENV = 'production';
  const lock = await takeTurn();
  try {
    if (onlyWhenStale && !clientIsStale()) return;
    const stamp = sourceHash();
    rmSync(stampFile, { force: true });
    const [{ build }, { prepareDatabase }] = await Promise.all([import('vite'), import('./prepare')]);
    await prepareDatabase();
    await build({ configFile: join(root, 'client', 'vite.config.ts'), logLevel: 'error' });
    await compressFolder(clientDist, compressed, compression);
    writeFileSync(stampFile, stamp);
  } finally {
    lock.release();
  }
}

/** Waits while another process builds. */
async function takeTurn(): Promise<Lock> {
  for (;;) {
    const lock = takeLock(join(root, '.cache', 'build.lock'));
    if ('release' in lock) return lock;
    await new Promise((done) => setTimeout(done, 200));
  }
}

/**
 * Builds in a process of its own, so that the server does not keep the gigabyte that it takes.
 * @returns whether it worked; what went wrong was printed
 */
export function buildWhenStale(): Promise<boolean> {
  const program = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, ['--import', 'tsx', program, '--quick'], {
    stdio: 'inherit',
    cwd: root,
  });
  return new Promise((done) => {
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
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
  const quick = process.argv.includes('--quick');
  await buildClient(quick ? 'quick' : 'best', quick);
}
