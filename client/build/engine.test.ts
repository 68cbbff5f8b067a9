// PGlite as it is shipped: smaller in its files, in its scripts and in memory, and it does all that a device asks for.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as pglite from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { preparedBlob } from '../../scripts/prepare';
import { startMemoryMiB } from '../engine-memory';
import { extensions, startParams } from '../sync/database';
import { isShipped, shippedExtensions, shippedFrom, slimEngine, slimScript } from './engine';
import { packedFiles, slimGlue, withoutInitdb } from './glue';
import { exportsOf, importsOf, memoryMinimum, withExports, withMemoryMinimum } from './wasm';

const engine = slimEngine(shippedFrom, shippedExtensions);
const stock = new Uint8Array(readFileSync(join(shippedFrom, 'pglite.wasm')));
const module = new WebAssembly.Module(engine.module as Uint8Array<ArrayBuffer>);
const folder = mkdtempSync(join(tmpdir(), 'outpost-engine-'));
let shipped: typeof pglite;
let btreeGist: { btree_gist: pglite.Extension };

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'dist', 'contrib'), { recursive: true });
  for (const name of readdirSync(shippedFrom, { recursive: true, encoding: 'utf8' })) {
    if (!/^(chunk-.*|index|contrib.btree_gist)\.js$|^btree_gist\.tar\.gz$/.test(name)) continue;
    const path = join(shippedFrom, name);
    const bytes = readFileSync(path);
    const code = name.endsWith('.js') ? bytes.toString('utf8') : null;
    const script = code === null ? null : (slimScript(code, engine.kept) ?? code);
    writeFileSync(join(folder, 'dist', name), script?.replace(/\n\/\/# sourceMappingURL=.*/, '') ?? bytes);
  }
  const load = (name: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, 'dist', name)).href);
  shipped = (await load('index.js')) as typeof pglite;
  btreeGist = (await load('contrib/btree_gist.js')) as typeof btreeGist;
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(): Promise<pglite.PGlite> {
  return await shipped.PGlite.create({
    pgliteWasmModule: module,
    initdbWasmModule: new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
    fsBundle: new Blob([engine.package as Uint8Array<ArrayBuffer>]),
    initialMemory: startMemoryMiB * 2 ** 20,
    loadDataDir: await preparedBlob(),
    startParams,
    extensions: btreeGist,
  });
}

test('the module asks for a small memory, and nothing else in its imports changed', () => {
  expect(memoryMinimum(stock)).toBe(2048);
  expect(memoryMinimum(engine.module)).toBe(startMemoryMiB * 16);
  expect(importsOf(engine.module)).toEqual(importsOf(stock));
  const patched = withMemoryMinimum(stock, startMemoryMiB * 16);
  const changed = [...patched.keys()].filter((at) => patched[at] !== stock[at]);
  // 2048 is 80 10, 512 is 80 04: one byte of the number's two differs.
  expect(changed).toHaveLength(1);
  expect([...patched.subarray(changed[0]! - 1, changed[0]! + 1)]).toEqual([0x80, 0x04]);
  expect(() => withMemoryMinimum(stock, 1 << 15)).toThrow('does not fit');
});

test('exports that nobody asks for are gone, and every library finds what it calls', () => {
  const names = new Set(exportsOf(engine.module).map(({ name }) => name));
  const before = new Set(exportsOf(stock).map(({ name }) => name));
  expect(names.size).toBeLessThan(600);
  expect(before.size).toBeGreaterThan(2000);
  expect(Object.keys(extensions)).toEqual([...shippedExtensions]);
  const file = engine.kept.files.find(({ name }) => name.endsWith('plpgsql.so'))!;
  const calls = importsOf(engine.package.subarray(file.start, file.end)).map(({ name }) => name);
  expect(calls.filter((name) => before.has(name)).length).toBeGreaterThan(100);
  expect(calls.filter((name) => before.has(name) && !names.has(name))).toEqual([]);
  expect([...names]).toEqual(WebAssembly.Module.exports(module).map(({ name }) => name));
  expect(withExports(stock, () => true)).toHaveLength(stock.length);
});

test('what is not PGlite as it was is not rewritten', () => {
  expect(() => slimGlue('var remote_package_size = 1;', engine.kept)).toThrow('no list of exports');
  expect(() => withoutInitdb('"initdb.wasm"')).toThrow('no initdb');
  expect(() => memoryMinimum(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))).toThrow('imports no memory');
  expect(() => exportsOf(new Uint8Array(20))).toThrow('not a WebAssembly module');
});

test('the package holds the bytes of the files that are kept, and no others', () => {
  const scripts = readdirSync(shippedFrom).filter((name) => /^chunk-.*\.js$/.test(name));
  const glue = scripts
    .map((name) => readFileSync(join(shippedFrom, name), 'utf8'))
    .find((code) => code.includes('remote_package_size:'))!;
  const data = readFileSync(join(shippedFrom, 'pglite.data'));
  const originals = packedFiles(glue).filter(({ name }) => isShipped(name));
  expect(engine.kept.files.map(({ name }) => name)).toEqual(originals.map(({ name }) => name));
  const all = originals.map(({ start, end }) => data.subarray(start, end));
  expect(Buffer.concat(all).equals(engine.package)).toBe(true);
  expect(engine.package.length).toBeLessThan(data.length / 5);
  const names = engine.kept.files.map(({ name }) => name);
  expect(names).toContain('/pglite/share/postgresql/timezone/Europe/Berlin');
  expect(names.filter((name) => name.endsWith('.so'))).toEqual(['/pglite/lib/postgresql/plpgsql.so']);
});

test('it starts in the small memory, and does what a device asks for', async () => {
  const pg = await start();
  try {
    const memory = (pg as unknown as { Module: { HEAPU8: Uint8Array } }).Module;
    expect(memory.HEAPU8.length / 2 ** 20).toBeLessThanOrEqual(48);
    // Functions of plpgsql, that of another library, zones, regular expressions, formats, text search, JSON, large results.
    const { rows } = await pg.query<Record<string, unknown>>(`
      select ('2026-07-01 12:00 Europe/Berlin'::timestamptz at time zone 'Asia/Kolkata')::text as zone,
        (select count(*)::int from (select distinct utc_offset from pg_timezone_names()) z) > 20 as zones,
        regexp_replace('a1b22', '\\d+', '#', 'g') as replaced, to_char(1234.5, 'FM9,999.00') as formatted,
        to_tsvector('simple', 'Hej Världen')::text as words, jsonb_path_query('{"a":[1,2]}', '$.a[1]')::text as json,
        encode(sha256('x'), 'hex') as hash, 'Ä' ilike 'ä' as folded, md5('') as md5,
        (select string_agg(x::text, ',' order by x) from generate_series(1, 3) x) as list`);
    expect(rows[0]).toMatchObject({
      zone: '2026-07-01 15:30:00',
      zones: true,
      replaced: 'a#b#',
      formatted: '1,234.50',
      words: "'hej':1 'världen':2",
      json: '2',
      folded: true,
      list: '1,2,3',
    });
    await pg.exec(`
      create table spans (id integer, during tstzrange, exclude using gist (id with =, during with &&));
      create function fill(n integer) returns bigint language plpgsql as $$
      declare total bigint := 0; r record;
      begin
        for r in select g from generate_series(1, n) g loop
          begin
            insert into spans values (r.g, tstzrange(now(), now() + interval '1 day'));
            if r.g % 100 = 0 then insert into spans values (r.g, tstzrange(now(), now() + interval '1 hour')); end if;
          exception when exclusion_violation then total := total + 1;
          end;
        end loop;
        return total;
      end $$`);
    expect((await pg.query('select fill(1000)::int as clashes')).rows).toEqual([{ clashes: 10 }]);
    for (const step of ['create index on spans (id)', 'vacuum analyze spans', 'drop table spans'])
      await pg.exec(step);
    await expect(pg.query("select to_tsvector('english', 'x')")).rejects.toThrow('dict_snowball');
    // It grows when it must, by no more than a twentieth where that is enough.
    const steps: number[] = [];
    const { grow } = WebAssembly.Memory.prototype;
    WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, pages: number) {
      steps.push((pages * 65_536) / this.buffer.byteLength);
      return grow.call(this, pages);
    };
    onTestFinished(() => {
      WebAssembly.Memory.prototype.grow = grow;
    });
    await pg.query("set work_mem = '256MB'");
    const big = await pg.query(
      "select length(string_agg(repeat('x', 1000), '')) as n from generate_series(1, 60000)",
    );
    expect(big.rows).toEqual([{ n: 60_000_000 }]);
    expect(memory.HEAPU8.length / 2 ** 20).toBeGreaterThan(64);
    expect(Math.min(...steps)).toBeGreaterThan(0.03);
    expect(Math.min(...steps)).toBeLessThan(0.06);
  } finally {
    await pg.close();
  }
});

test('initdb is not there: a database without files is refused, with the reason', async () => {
  const opening = shipped.PGlite.create({
    pgliteWasmModule: module,
    initdbWasmModule: new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
    fsBundle: new Blob([engine.package as Uint8Array<ArrayBuffer>]),
    initialMemory: startMemoryMiB * 2 ** 20,
  });
  await expect(opening).rejects.toThrow('initdb is not shipped');
});
