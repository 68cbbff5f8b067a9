// PGlite's module and files as this app ships them (build/engine.ts), loaded as soon as they are asked for. Compiling
// begins while the module arrives.
import { startMemoryMiB } from './engine-memory';
import packageUrl from './generated/pglite.data?url';
import moduleUrl from './generated/pglite.wasm?url';
import type { EngineParts } from './sync/database';
import { markStart } from './sync/start-marks';

let loading: Promise<EngineParts> | null = null;

/** The same parts each time; after a failure they are loaded anew. @throws when they cannot be loaded */
export function engineParts(): Promise<EngineParts> {
  loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load(): Promise<EngineParts> {
  const [pgliteWasmModule, fsBundle] = await Promise.all([
    compiled(moduleUrl),
    responseAt(packageUrl).then((response) => response.blob()),
  ]);
  markStart('module');
  // A prepared database is always at hand, so initdb never runs. An empty module keeps PGlite from asking for it.
  const initdbWasmModule = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  return { pgliteWasmModule, initdbWasmModule, fsBundle, initialMemory: startMemoryMiB * 2 ** 20 };
}

/**
 * The browser keeps the machine code that it has made of a module beside its own copy of the file. The service worker's
 * copy is another one, which begins without, so it is taken only where the browser has none.
 */
async function compiled(url: string): Promise<WebAssembly.Module> {
  if (await wasHereBefore()) {
    const kept = await browsersCopy(url).catch(() => null);
    if (kept) return await WebAssembly.compileStreaming(kept);
  }
  return await WebAssembly.compileStreaming(fetch(url));
}

/** The browser's copy answers at once; ms. */
const PATIENCE = 500;
/** What was sent so long before this start was kept; a server's clock may be as far off. ms */
const KEPT_FOR = 5_000;

/**
 * @returns null when there is none, as far as can be told. (Chromium's tab crashes when `only-if-cached` is asked for
 * while its developer tools keep the cache off, so the server may be asked and is left then.)
 */
async function browsersCopy(url: string): Promise<Response | null> {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), PATIENCE);
  // The service worker lets this one pass (sw.ts).
  const response = await fetch(url, { cache: 'force-cache', signal: end.signal });
  clearTimeout(timer);
  const sentAt = Date.parse(response.headers.get('date') ?? '');
  if (response.ok && sentAt < performance.timeOrigin - KEPT_FOR) return response;
  end.abort();
  return null;
}

/** Whether the service worker has kept files in this browser. */
async function wasHereBefore(): Promise<boolean> {
  try {
    return (await caches.keys()).length > 0;
  } catch {
    return false;
  }
}

/** @throws when there is no such file, or no network */
export async function responseAt(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} could not be loaded`);
  return response;
}
