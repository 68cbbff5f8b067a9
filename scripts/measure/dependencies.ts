// Whose bytes the built client's are: per npm package, from a build that is watched and thrown away.
// A chunk's bytes are shared among its modules in proportion to what the bundler put in of each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { build, type Plugin } from 'vite';

const brotli = promisify(brotliCompress);

export interface Dependency {
  /** npm package, or 'outpost' for our own code. */
  readonly name: string;
  /** Bytes of minified code and other files. */
  readonly raw: number;
  /** Bytes, brotli at a middling quality: for comparing packages, not for adding up. */
  readonly brotli: number;
}

interface Piece {
  readonly content: Buffer;
  /** Bytes of each package's code in the piece before minification. */
  readonly parts: ReadonlyMap<string, number>;
}

/** @param configFile the client's Vite configuration. @returns packages, largest first. */
export async function measureDependencies(configFile: string): Promise<Dependency[]> {
  const pieces = new Map<string, Piece>();
  const outDir = mkdtempSync(join(tmpdir(), 'outpost-measure-'));
  try {
    await build({
      configFile,
      logLevel: 'error',
      build: { outDir, emptyOutDir: true },
      plugins: [collector(pieces)],
      worker: { plugins: () => [collector(pieces)] },
    });
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
  const totals = new Map<string, { raw: number; brotli: number }>();
  for (const piece of pieces.values()) {
    const packed = await brotli(piece.content, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } });
    const whole = [...piece.parts.values()].reduce((a, b) => a + b, 0);
    for (const [name, part] of piece.parts) {
      const share = whole === 0 ? 0 : part / whole;
      const total = totals.get(name) ?? { raw: 0, brotli: 0 };
      total.raw += piece.content.length * share;
      total.brotli += packed.length * share;
      totals.set(name, total);
    }
  }
  return [...totals]
    .map(([name, t]) => ({ name, raw: Math.round(t.raw), brotli: Math.round(t.brotli) }))
    .sort((a, b) => b.brotli - a.brotli);
}

function collector(pieces: Map<string, Piece>): Plugin {
  return {
    name: 'outpost-measure',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const [file, output] of Object.entries(bundle)) {
        const parts = new Map<string, number>();
        if (output.type === 'chunk') {
          for (const [id, module] of Object.entries(output.modules)) {
            const name = packageOf(id);
            parts.set(name, (parts.get(name) ?? 0) + (module?.renderedLength ?? 0));
          }
          pieces.set(file, { content: Buffer.from(output.code), parts });
        } else {
          // Workers come back to the page's build as assets: their chunks were counted when they were made.
          if (pieces.has(file)) continue;
          parts.set(packageOf(output.originalFileNames[0] ?? ''), 1);
          pieces.set(file, { content: Buffer.from(output.source), parts });
        }
      }
    },
  };
}

function packageOf(id: string): string {
  const path = id.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? '';
  if (!id.includes('node_modules/')) return 'outpost';
  const [scope = '', name = ''] = path.replace(/^.*node_modules\//, '').split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
