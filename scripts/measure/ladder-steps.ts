// How each step of the ladder is done in a project of one's own: the text of docs/pglite-costs.md.

/** Markdown by the key of a level (ladder-levels.ts). */
export const stepTexts: Readonly<Record<string, string>> = {
  stock: `\`new PGlite({ dataDir: 'idb://tasks' })\` in a worker, with \`PGliteWorker\` and \`live\` in the page, as PGlite's
documentation shows it. The first start runs initdb in the browser, which is most of it. Strict durability is its default.`,
  opfs: `\`dataDir: 'opfs-ahp://tasks'\`: each file of Postgres is a file of OPFS, opened beforehand. Writes are flushed where
they are made, and nothing is held in memory but Postgres itself. Opening about a thousand handles is what a start now waits for.`,
  tuned: `\`startParams\` takes settings of Postgres. Its defaults are for a server; \`shared_buffers\` alone is 128 MB of memory.
The settings are in [ladder-levels.ts](../scripts/measure/ladder-levels.ts). A log in segments of 1 MB (\`initDbStartParams:
['--wal-segsize=1']\`) goes with them.`,
  prepared: `Run initdb and your migrations when you build, \`dumpDataDir('none')\`, and give the file to \`loadDataDir\` at the
first start. Before the dump: drop the template databases (first \`update pg_database set datistemplate = false\`), checkpoint, switch the log's
segment, checkpoint twice. Pass an empty module as \`initdbWasmModule\`, otherwise PGlite fetches initdb.wasm all the same. It
costs bytes: the data folder travels, where initdb made it on the device.`,
  slim: `What the database has of its own descriptions, and your app never asks for, need not travel: the standard views,
comments, statistics, conversions, collations of other languages; old segments of the log, maps of free space. Then \`vacuum full\` and \`reindex\`.
[slim.ts](../client/sync/slim.ts) does it in 40 lines.`,
  packed: `\`pglite.data\` is 6 MB of files, most of which are for initdb, other encodings and dictionaries. Keep
plpgsql.so, the time zones and what your extensions need; hand it over as \`fsBundle\`. The list of files and the size stand in PGlite's script, which
is rewritten when you build ([engine.ts](../client/build/engine.ts), [glue.ts](../client/build/glue.ts)). The module is handed over as well
(\`pgliteWasmModule\` from \`WebAssembly.compileStreaming\`), so it compiles while it arrives.`,
  exported: `The module exports 2,124 functions for extensions that might come, and the script names each of them three times. Keep those that
the script and your extensions ask for ([wasm.ts](../client/build/wasm.ts)): the section of exports is rewritten, code and tables stay as they are.`,
  disk: `A file system for PGlite (\`fs\`, a \`BaseFilesystem\`) that keeps everything in one file of OPFS: one handle to open instead
of a thousand, and the shipped database is streamed into it as it is. [disk.md](disk.md) says how it works and what it
promises; the module needs nothing else of this project: [client/sync/disk](../client/sync/disk).`,
  memory: `The 128 MiB with which PGlite starts are one number in the module's import of memory. Replace it by 512 pages, pass
\`initialMemory: 32 * 2 ** 20\`, and let memory grow by a twentieth at a time instead of a fifth ([wasm.ts](../client/build/wasm.ts)).`,
};
