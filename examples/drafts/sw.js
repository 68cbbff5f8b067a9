// Keeps the page of drafts and its files, so that it opens without the server, which writes FILES above this.
const keep = caches.open('drafts');
addEventListener('install', (event) => {
  event.waitUntil(
    keep.then((cache) => Promise.all([cache.addAll(FILES), page('/drafts')])).then(skipWaiting),
  );
});
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname === '/drafts') event.respondWith(page(event.request));
  if (FILES.includes(pathname))
    event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(event.request)));
});

async function page(request) {
  const cache = await keep;
  const answer = await fetch(request).catch(() => null);
  // Only the page itself, of the build whose files are here. A sign-out leads elsewhere, and then it is kept no longer.
  if (answer?.ok && (await answer.clone().text()).includes(FILES[0]))
    await cache.put('/drafts', answer.clone());
  if (answer?.type === 'opaqueredirect') await cache.delete('/drafts');
  return answer ?? (await cache.match('/drafts')) ?? Response.error();
}
