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
  /** Needed before the first paint: named in the page itself. */
  readonly firstPaint: boolean;
}

/** @returns the files of a built client, largest first. */
export function measureAssets(dist: string): Asset[] {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const named = new Set([...page.matchAll(/(?:src|href)="\/?([^"]+)"/g)].map((m) => m[1]));
  const size = (path: string, otherwise: number) => (existsSync(path) ? statSync(path).size : otherwise);
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && !/\.(br|gz|map)$/.test(e.name))
    .map((e): Asset => {
      const path = join(e.parentPath, e.name);
      const raw = statSync(path).size;
      const file = path.slice(dist.length + 1);
      const isScriptOrStyle = /\.(js|css)$/.test(file);
      return {
        file,
        raw,
        gzip: size(`${path}.gz`, raw),
        brotli: size(`${path}.br`, raw),
        firstPaint: file === 'index.html' || (isScriptOrStyle && named.has(file)),
      };
    })
    .sort((a, b) => b.raw - a.raw || (a.file < b.file ? -1 : 1));
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
