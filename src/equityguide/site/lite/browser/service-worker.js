// Keeps what never changes under its name, so that a second visit loads nothing; all else is JupyterLite's own worker.
// CACHE is another name for other parts; CURRENT are the files of which only the newest is kept.
(function () {
  const CACHE = "@CACHE@";
  const CURRENT = @CURRENT@;
  const KEPT = /^(build|extensions|static)\//;
  const ROOT = new URL("./", location.href);

  function place(url) {
    return url.origin === ROOT.origin && url.pathname.startsWith(ROOT.pathname)
      ? url.pathname.slice(ROOT.pathname.length)
      : "";
  }

  async function kept(request) {
    const cache = await caches.open(CACHE);
    const found = await cache.match(request.url);
    if (found) return found;
    const answer = await fetch(request);
    if (answer.ok && answer.type === "basic") await cache.put(request.url, answer.clone());
    return answer;
  }

  async function tidy() {
    for (const name of await caches.keys()) {
      if (name.startsWith("equityguide-lite-") && name !== CACHE) await caches.delete(name);
    }
    const cache = await caches.open(CACHE);
    for (const request of await cache.keys()) {
      const path = place(new URL(request.url));
      if (/(^|\/)equityguide-/.test(path) && !CURRENT.includes(path)) await cache.delete(request);
    }
  }

  self.addEventListener("activate", (event) => event.waitUntil(tidy()));
  self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.method === "GET" && KEPT.test(place(url))) {
      event.stopImmediatePropagation();
      event.respondWith(kept(event.request));
    }
  });
})();

// A script of its own: its names and ours must not meet.
importScripts("jupyterlite-service-worker.js");
