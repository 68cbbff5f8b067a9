// Compressed copies of built files: NAME.br and NAME.gz beside NAME. Brotli at its best takes half a minute for the
// database's files, which hardly ever change: results are kept by content, and a first start does not wait for them.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const brotliAsync = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

/** Files below this gain nothing, bytes. */
const smallest = 1_000;
/** Brotli at its best takes 2 s for a megabyte. */
const large = 300_000;
/** Formats that are compressed already, or never sent. */
const packed = /\.(br|gz|woff2|png|jpg|webp|map|new)$/;

const binary = /\.(wasm|data|disk)$/;

type Effort = 'quick' | 'best';
type Format = 'br' | 'gz';

/**
 * Writes the copies for every file of the folder that gains by it.
 * @param cache folder of the best results, by content
 * @param effort quick: large files that are not in the cache get a copy some 15 % larger, in a tenth of the time
 * @returns whether every copy is the best one
 */
export async function compressFolder(folder: string, cache: string, effort: Effort): Promise<boolean> {
  await mkdir(cache, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((e) => e.isFile() && !packed.test(e.name))
    .map((e) => join(e.parentPath, e.name));
  const sized = await Promise.all(paths.map(async (path) => ({ path, size: (await stat(path)).size })));
  const work = sized
    .filter((file) => file.size >= smallest)
    .sort((a, b) => b.size - a.size)
    .flatMap(({ path }) => (['br', 'gz'] as const).map((format) => ({ path, format })));
  let best = true;
  // zlib works in the thread pool: a few at a time keep every core busy without holding all files in memory.
  const worker = async () => {
    for (let next = work.shift(); next; next = work.shift()) {
      if (!(await compress(next.path, next.format, cache, effort))) best = false;
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return best;
}

async function compress(path: string, format: Format, cache: string, effort: Effort): Promise<boolean> {
  const data = await readFile(path);
  const target = `${path}.${format}`;
  const kept = join(cache, `${createHash('sha256').update(data).digest('hex')}.${format}`);
  const known = await copyFile(kept, `${target}.new`).then(
    () => true,
    () => false,
  );
  const isBest = known || effort === 'best' || format === 'gz' || data.length < large;
  if (!known) {
    const result = await pack(data, format, isBest, !binary.test(path));
    await writeFile(`${target}.new`, result);
    if (isBest) {
      await writeFile(`${kept}.${process.pid}`, result);
      await rename(`${kept}.${process.pid}`, kept);
    }
  }
  // Nobody who is being served sees half a file.
  await rename(`${target}.new`, target);
  return isBest;
}

function pack(data: Buffer, format: Format, best: boolean, isText: boolean): Promise<Buffer> {
  if (format === 'gz') return gzipAsync(data, { level: 9 });
  // Machine code and tables repeat at distances that are multiples of 8: these two save 7 kB of the database's files. In
  // text they cost a little.
  const repeats = isText
    ? {}
    : { [constants.BROTLI_PARAM_NPOSTFIX]: 3, [constants.BROTLI_PARAM_NDIRECT]: 120 };
  return brotliAsync(data, {
    params: {
      ...repeats,
      [constants.BROTLI_PARAM_QUALITY]: best ? 11 : 5,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
    },
  });
}

// As a program: the best copies, at the lowest priority, while the server already runs (start.ts).
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder = '', cache = ''] = process.argv.slice(2);
  setPriority(19);
  await compressFolder(folder, cache, 'best');
}
