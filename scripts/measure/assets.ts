// The bytes of the built client: every file that a browser may load, raw and as it travels.
// Compressed sizes are those of the copies that the build makes; what has none travels as it is.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Asset {
  /** Path below the built client. */
  readonly file: string;
  /** Bytes. */
  readonly raw: number;
  readonly gzip: number;
  readonly brotli: number;
  /** Needed before the first paint: the page, and the scripts and styles that it runs. */
  readonly firstPaint: boolean;
  /** Needed before the interface can be used: those, and what the page's own script fetches at once. */
  readonly interface: boolean;
  /** Needed before light mode shows anything: its page, and the scripts and styles that it runs. */
  readonly light: boolean;
  /** Needed before the database can be used: the worker's scripts, Postgres, its files, the prepared database. */
  readonly database: boolean;
}

/** @returns the files of a built client, largest first. */
export function measureAssets(dist: string): Asset[] {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const run = new Set([...page.matchAll(/<script[^>]* src="\/([^"]+)"/g)].map((m) => m[1]));
  for (const [, style] of page.matchAll(/<link rel="stylesheet"[^>]* href="\/([^"]+)"/g)) run.add(style);
  const fetched = new Set(
    [...page.matchAll(/<link rel="modulepreload"[^>]* href="\/([^"]+)"/g)].map((m) => m[1]),
  );
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && !e.name.endsWith('.map') && !isCopy(join(e.parentPath, e.name)))
    .map((e) => join(e.parentPath, e.name).slice(dist.length + 1));
  const worker = workerScripts(dist, files);
  const lightPage = readFileSync(join(dist, 'light.html'), 'utf8');
  const light = new Set([...lightPage.matchAll(/ (?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1]));
  const size = (path: string, otherwise: number) => (existsSync(path) ? statSync(path).size : otherwise);
  return files
    .map((file): Asset => {
      const path = join(dist, file);
      const raw = statSync(path).size;
      const firstPaint = file === 'index.html' || run.has(file);
      return {
        file,
        raw,
        gzip: size(`${path}.gz`, raw),
        brotli: size(`${path}.br`, raw),
        firstPaint,
        interface: firstPaint || fetched.has(file),
        light: file === 'light.html' || light.has(file),
        database: worker.has(file) || /^assets\/(pglite|prepared|btree_gist)\b/.test(file),
      };
    })
    .sort((a, b) => b.raw - a.raw || (a.file < b.file ? -1 : 1));
}

/** Whether it is a compressed copy of the file beside it. */
const isCopy = (path: string) => /\.(br|gz)$/.test(path) && existsSync(path.slice(0, -3));

/** The scripts that a worker runs until it can open the database: its own, what that imports at once, and the imports of those. */
function workerScripts(dist: string, files: readonly string[]): Set<string> {
  const found = new Set(files.filter((file) => /^assets\/(worker|device)-[\w-]{8}\.js$/.test(file)));
  if (found.size !== 2) throw new Error(`the worker is no longer two scripts: ${[...found].join(', ')}`);
  // Grows while it is walked.
  for (const file of found) {
    const code = readFileSync(join(dist, file), 'utf8');
    for (const [, name] of code.matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w$.-]+\.js)["'`]/g))
      found.add(`assets/${name}`);
  }
  return found;
}

export interface AssetTotals {
  readonly raw: number;
  readonly gzip: number;
  readonly brotli: number;
}

export function totalOf(assets: readonly Asset[]): AssetTotals {
  const sum = (part: 'raw' | 'gzip' | 'brotli') => assets.reduce((n, a) => n + a[part], 0);
  return { raw: sum('raw'), gzip: sum('gzip'), brotli: sum('brotli') };
}
