// Compressed copies of built files: NAME.br and NAME.gz beside NAME. Brotli at its best takes half a minute for the
// database's files, which hardly ever change, so results are kept by content.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const brotliAsync = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

/** Files below this gain nothing, bytes. */
const smallest = 1_000;
/** Formats that are compressed already. */
const packed = /\.(br|gz|woff2|png|jpg|webp|map)$/;

const methods = [
  {
    suffix: '.br',
    run: (data: Buffer) =>
      brotliAsync(data, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 11,
          [constants.BROTLI_PARAM_LGWIN]: 24,
          [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
        },
      }),
  },
  { suffix: '.gz', run: (data: Buffer) => gzipAsync(data, { level: 9 }) },
] as const;

/** Writes the copies for every file of the folder that gains by it. @param cache folder of kept results */
export async function compressFolder(folder: string, cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((e) => e.isFile() && !packed.test(e.name))
    .map((e) => join(e.parentPath, e.name));
  const sizes = await Promise.all(paths.map(async (path) => ({ path, size: (await stat(path)).size })));
  const work = sizes
    .filter((file) => file.size >= smallest)
    .sort((a, b) => b.size - a.size)
    .flatMap(({ path }) => methods.map((method) => ({ path, method })));
  // zlib works in the thread pool: a few at a time keep every core busy without holding all files in memory.
  const worker = async () => {
    for (let next = work.shift(); next; next = work.shift()) await compress(next.path, next.method, cache);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

async function compress(path: string, method: (typeof methods)[number], cache: string): Promise<void> {
  const data = await readFile(path);
  const name = createHash('sha256').update(data).digest('hex');
  const kept = join(cache, name + method.suffix);
  try {
    await copyFile(kept, path + method.suffix);
    return;
  } catch {
    // Not kept yet.
  }
  const result = await method.run(data);
  await writeFile(path + method.suffix, result);
  await writeFile(`${kept}.${process.pid}`, result);
  await rename(`${kept}.${process.pid}`, kept);
}
