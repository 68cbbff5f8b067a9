// Keeps the page of drafts and its files, so that it opens without the server, which writes FILES above this.
const keep = caches.open('drafts');
const fill = async () => Promise.all([(await keep).addAll(FILES), page('/drafts'), skipWaiting()]);
addEventListener('install', (event) => event.waitUntil(fill()));
addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname === '/drafts') event.respondWith(page(event.request));
  if (FILES.includes(pathname)) event.respondWith(file(event.request));
});

const file = async (request) => (await (await keep).match(request)) ?? fetch(request);
async function page(request) {
  const cache = await keep;
  const answer = await fetch(request).catch(() => null);
  // Only the page itself, of the build whose files are here; not after a sign-out, which leads elsewhere.
  const isPage = answer?.ok && (await answer.clone().text()).includes(FILES[0]);
  if (isPage) await cache.put('/drafts', answer.clone());
  if (answer?.type === 'opaqueredirect') await cache.delete('/drafts');
  return answer ?? (await cache.match('/drafts')) ?? Response.error();
}
