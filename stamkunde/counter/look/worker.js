// The worker of the counter: keeps the page that sells without a connection, and shows it when the server does not
// answer. KEPT is written before this by the server: the version, the files by the digests of their contents, the page.
const CACHE = `counter-${KEPT.version}`, PATIENCE = 5000;

const fresh = (address) => fetch(address, { credentials: "same-origin", cache: "no-cache" });
// Whoever is signed out is led to the door; that answer is not the page.
const keepShell = async () => {
  const answer = await fresh(KEPT.shell);
  if (answer.ok && !answer.redirected) await (await caches.open(CACHE)).put(KEPT.shell, answer);
};

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(KEPT.files);
    await keepShell().catch(() => {});
    if (!await cache.match(KEPT.shell)) {
      // Better the page of yesterday than none.
      const before = await caches.match(KEPT.shell);
      if (before) await cache.put(KEPT.shell, before);
    }
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("counter-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("message", ({ data }) => { if (data === "shell") keepShell().catch(() => {}); });

const shell = async () => (await caches.open(CACHE)).match(KEPT.shell);
const opened = async (request) => {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    const kept = await shell();
    if (kept) return kept;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    // The page itself is at hand whether or not somebody is signed in.
    if (address.pathname === KEPT.shell) event.respondWith(shell().then((kept) => kept ?? fetch(request)));
    else if (address.pathname.startsWith("/counter/")) event.respondWith(opened(request));
  } else if (KEPT.files.includes(address.pathname)) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  }
});
