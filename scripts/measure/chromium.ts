// A Chromium to measure in: persistent profiles, CPU throttling, and what it uses of memory by process and by heap.
// Heaps are read over the DevTools protocol, from the page and from each of its workers.
import { readFileSync } from 'node:fs';
import { type BrowserContext, type CDPSession, chromium, type Page } from '@playwright/test';
import { ensureChromium } from '../chromium';

export type Device = 'desktop' | 'phone';

/** Opens a profile folder; closing the context ends the browser. */
export async function openProfile(profile: string, device: Device): Promise<BrowserContext> {
  const executablePath = ensureChromium(console.error);
  if (!executablePath)
    throw new Error('There is no Chromium and none could be installed; set CHROMIUM_PATH to one.');
  const phone = {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 3,
    isMobile: true,
    hasTouch: true,
  };
  return chromium.launchPersistentContext(profile, {
    executablePath,
    args: ['--no-sandbox'],
    ...(device === 'phone' ? phone : { viewport: { width: 1280, height: 800 } }),
  });
}

/** A page of the context, slowed down to a phone's speed. Only its main thread is: Chromium cannot slow workers. */
export async function newPage(context: BrowserContext, device: Device): Promise<Page> {
  const page = context.pages()[0] ?? (await context.newPage());
  if (device === 'phone') {
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  }
  return page;
}

export interface Memory {
  /** MiB of WebAssembly memory, all workers together. */
  readonly wasmMiB: number;
  /** MiB of JavaScript heap in use after a collection, page and workers together. */
  readonly jsMiB: number;
  /** MiB, proportional set size of the page's renderer process; null where there is no /proc. */
  readonly rendererMiB: number | null;
}

const MiB = 1024 * 1024;

/** What a page uses now. */
export async function memoryOf(page: Page): Promise<Memory> {
  const session = await page.context().newCDPSession(page);
  const targets: Send[] = [(method, params) => session.send(method as 'Runtime.enable', params as undefined)];
  const detach = await attachWorkers(session, targets);
  try {
    let wasm = 0;
    let js = 0;
    for (const send of targets) {
      await send('HeapProfiler.collectGarbage');
      js += ((await send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize;
      wasm += await wasmBytes(send);
    }
    return { wasmMiB: wasm / MiB, jsMiB: js / MiB, rendererMiB: await rendererMiB(page) };
  } finally {
    await detach();
    await session.detach();
  }
}

type Send = (method: string, params?: object) => Promise<unknown>;

/** Adds a way to talk to each worker of the page. */
async function attachWorkers(session: CDPSession, targets: Send[]): Promise<() => Promise<void>> {
  const waiting = new Map<number, (result: unknown) => void>();
  let next = 1;
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const answer = JSON.parse(message) as { id?: number; result?: unknown };
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer.result);
  });
  session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    // The service worker holds nothing, and is a process of its own.
    if (targetInfo.type !== 'worker') return;
    targets.push(
      (method, params = {}) =>
        new Promise((resolve, reject) => {
          const id = next++;
          waiting.set(id, resolve);
          const message = JSON.stringify({ id, method, params });
          session.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
        }),
    );
  });
  const attach = { waitForDebuggerOnStart: false, flatten: false };
  await session.send('Target.setAutoAttach', { autoAttach: true, ...attach });
  return async () => {
    await session.send('Target.setAutoAttach', { autoAttach: false, ...attach });
  };
}

/**
 * Put before a worker's own script: knows every WebAssembly.Memory that it makes. (The DevTools protocol could
 * find them afterwards, by Runtime.queryObjects, but Chromium crashes when it does that in a worker with PGlite.)
 */
const keepMemories = `(() => {
  // Scripts of one page or worker share what they keep.
  if (self.measuredMemories) return;
  const known = new WeakSet();
  self.measuredMemories = [];
  const add = (memory) => {
    if (!known.has(memory)) self.measuredMemories.push(new WeakRef(memory));
    known.add(memory);
  };
  const keep = (result) => {
    for (const x of Object.values((result.instance ?? result).exports)) {
      if (x instanceof WebAssembly.Memory) add(x);
    }
    return result;
  };
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = (...args) => original(...args).then(keep);
  }
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, args) {
      const memory = new target(...args);
      add(memory);
      return memory;
    },
  });
})();`;

/** Makes memoryOf see the WebAssembly memory of workers whose script has such an address. */
export async function watchWorkers(context: BrowserContext, script: RegExp): Promise<void> {
  await context.route(script, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: keepMemories + (await response.text()) });
  });
}

/** Bytes of the memories that are in use; none in the page itself. */
async function wasmBytes(send: Send): Promise<number> {
  const expression =
    '(self.measuredMemories ?? []).reduce((n, m) => n + (m.deref()?.buffer.byteLength ?? 0), 0)';
  const { result } = (await send('Runtime.evaluate', { expression, returnByValue: true })) as {
    result: { value: number };
  };
  return result.value;
}

/** The largest renderer's share of memory, from the kernel; Linux only. */
async function rendererMiB(page: Page): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  const browser = page.context().browser();
  const session = browser ? await browser.newBrowserCDPSession() : await page.context().newCDPSession(page);
  try {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const sizes = processInfo
      .filter((p) => p.type === 'renderer')
      .map((p) => /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${p.id}/smaps_rollup`, 'utf8'))?.[1]);
    return Math.max(...sizes.map((kB) => Number(kB ?? 0))) / 1024;
  } finally {
    await session.detach();
  }
}

/** @returns for example 140.0.7339.80 */
export async function chromiumVersion(): Promise<string> {
  const executablePath = ensureChromium(console.error);
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  });
  const version = browser.version();
  await browser.close();
  return version;
}
