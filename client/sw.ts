// The service worker: keeps every file of a build on the device, so that the app opens without a network.
// Data never passes through it. Old builds stay until no tab can still be using them.
/// <reference lib="webworker" />
const worker = self as unknown as ServiceWorkerGlobalScope;

/** Filled in after the build by precache.ts. */
const manifest: { version: string; files: string[] } = JSON.parse('__PRECACHE__');
const prefix = 'outpost-';
const current = `${prefix}${manifest.version}`;
/** The page of light mode; every other address is the app's own page. */
const lightPage = '/light.html';
const isBuild = (name: string) => /^outpost-[0-9a-f]{12}$/.test(name);
/** Names that carry a hash of their contents: equal names are equal bytes. */
const isHashed = (path: string) => /^\/assets\/.+-[\w-]{8,}\.\w+$/.test(path);

async function install(): Promise<void> {
  const kept = await caches.open(current);
  const pages = manifest.files.map((file) => (file === '/index.html' ? '/' : file));
  const keep = async (path: string) => {
    const known = isHashed(path) ? await caches.match(path) : undefined;
    // What has a hash is the same wherever it lies: the page has most of it in the browser's own cache by now.
    const cache = isHashed(path) ? 'default' : 'no-cache';
    const response = known ?? (await fetch(path, { cache, credentials: 'same-origin' }));
    if (!known && !(await isOurs(path, response))) throw new Error(`${path} could not be fetched`);
    await kept.put(path, response);
  };
  // Few at a time: the app has requests of its own.
  const inTurn = async () => {
    for (let path = pages.shift(); path !== undefined; path = pages.shift()) await keep(path);
  };
  await Promise.all([inTurn(), inTurn(), inTurn()]);
}

/** The sign-in page of a network answers 200 at every address. The app's own page names the app's files. */
async function isOurs(path: string, response: Response): Promise<boolean> {
  if (response.status !== 200 || response.redirected) return false;
  const isPage = path === '/' || path === lightPage;
  if (!isPage) return !response.headers.get('content-type')?.startsWith('text/html');
  const text = await response.clone().text();
  return manifest.files.some((file) => isHashed(file) && text.includes(file));
}

async function windows(): Promise<number> {
  return (await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })).length;
}

/** Old builds go when no other tab is open that may still ask for their files. */
async function tidy(tabsAllowed: number): Promise<void> {
  if ((await windows()) > tabsAllowed) return;
  for (const name of await caches.keys()) {
    // Other caches of this origin hold files of people, which may not have been sent yet.
    if (isBuild(name) && name !== current) await caches.delete(name);
  }
}

async function answer(request: Request, url: URL): Promise<Response> {
  const cache = await caches.open(current);
  if (request.mode === 'navigate') {
    // From the device first: a page that waits for a bad network is worse than one that is a build behind.
    return (await cache.match(url.pathname === lightPage ? lightPage : '/')) ?? fetch(request);
  }
  return (await cache.match(url.pathname)) ?? (await caches.match(url.pathname)) ?? fetch(request);
}

worker.addEventListener('install', (event) => {
  event.waitUntil(install());
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(tidy(1).then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  // Whoever asks for what the browser has kept by itself does not mean these files (engine-parts.ts).
  if (request.cache === 'force-cache') return;
  if (url.pathname.startsWith('/api/') || request.headers.has('range')) return;
  event.respondWith(answer(request, url));
  if (request.mode === 'navigate') event.waitUntil(tidy(0));
});

worker.addEventListener('message', (event) => {
  if (event.data === 'activate') event.waitUntil(worker.skipWaiting());
  if (event.data === 'activate-if-alone') {
    event.waitUntil(windows().then((open) => (open <= 1 ? worker.skipWaiting() : undefined)));
  }
});

export {};
