// Makes the console installable. It keeps the console's own scripts, styles and font, which never
// change under one name, and nothing else: no answer of the API, no page, nothing about anybody.
const KEPT = "chatham-assets-1";
const FILES_MAX = 60;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isAsset = url.origin === self.location.origin && url.pathname.startsWith("/assets/");
  if (event.request.method === "GET" && isAsset) event.respondWith(answer(event.request));
});

async function answer(request) {
  const cache = await caches.open(KEPT);
  const known = await cache.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) {
    await cache.put(request, response.clone());
    const names = await cache.keys();
    for (const old of names.slice(0, Math.max(0, names.length - FILES_MAX))) {
      await cache.delete(old);
    }
  }
  return response;
}
