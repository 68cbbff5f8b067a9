// npm run build: the client, and beside each file its compressed copies, so that serving costs no time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { compressFolder } from './compress';

const root = fileURLToPath(new URL('../', import.meta.url));
/** The built client. */
export const clientDist = join(root, 'client', 'dist');
/** Says from which sources client/dist was built. */
const stampFile = join(root, '.cache', 'client-build');

/** Everything that can change the build; tests are left out. */
const sources = ['client', 'db', 'electric/shapes.ts', 'migrations', 'package-lock.json', 'scripts/build.ts'];

export interface BuildOptions {
  /** Do nothing when client/dist was built from the very sources that are here. */
  readonly onlyWhenStale: boolean;
  readonly log: (line: string) => void;
}

/** @returns whether it built. @throws what Vite throws */
export async function buildClient(options: BuildOptions): Promise<boolean> {
  const stamp = sourceHash();
  const built = existsSync(join(clientDist, 'index.html')) && existsSync(stampFile);
  if (options.onlyWhenStale && built && readFileSync(stampFile, 'utf8') === stamp) return false;
  options.log('Building the client; this is done once.');
  await build({ configFile: join(root, 'client', 'vite.config.ts'), logLevel: 'warn' });
  await compressFolder(clientDist, join(root, '.cache', 'compressed'));
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
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
      if (entry.name === 'dist' || /\.test\.tsx?$/.test(entry.name)) return [];
      const path = `${source}/${entry.name}`;
      return entry.isDirectory() ? filesOf(path) : [path];
    });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildClient({ onlyWhenStale: false, log: (line) => console.log(line) });
}
