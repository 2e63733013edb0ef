// Keeps the shell (the page and its hashed assets) so that the installed page opens at once and can say that the node is away.
// Nothing of the rig is ever kept: no status, no picture, no recording, no answer of the API.
const shell = "rig-shell-1";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(shell)
      .then((cache) => cache.add("/"))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== shell).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** The node's page when it answers, the kept one when it does not. Assets of an older page go when a new page comes. */
async function page(request) {
  const cache = await caches.open(shell);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) {
      const text = await fresh.clone().text();
      await cache.put("/", fresh.clone());
      const kept = await cache.keys();
      await Promise.all(
        kept.filter(({ url }) => new URL(url).pathname.startsWith("/assets/") && !text.includes(new URL(url).pathname)).map((old) => cache.delete(old)),
      );
    }
    return fresh;
  } catch (away) {
    const kept = await cache.match("/");
    if (kept) return kept;
    throw away;
  }
}

/** Assets carry a hash of their content in their name. */
async function asset(request) {
  const cache = await caches.open(shell);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === "/") event.respondWith(page(event.request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(event.request));
});
