// What happens elsewhere, told to this page as it happens: news of a stream become events of the document, named
// "live:…". All tabs of a browser share one connection, because it opens six to a server at most. Loaded by the pages
// that need it; where the stream does not come, they ask by themselves as they did before.
(() => {
  const { live: address } = document.currentScript.dataset;
  const key = `live ${address} ${document.body?.dataset.signedIn ?? ""}`;
  const tabs = new BroadcastChannel(key);
  const tell = (news) => document.dispatchEvent(new CustomEvent(`live:${news.name}`, { detail: news.data ?? {} }));
  const tellAll = (news) => { tabs.postMessage(news); tell(news); };
  tabs.addEventListener("message", ({ data }) => tell(data));

  let stream, timer, pause, release, waiting;
  const open = () => {
    stream = new EventSource(address);
    stream.addEventListener("open", () => { pause = 5000; tellAll({ name: "open" }); });
    stream.addEventListener("message", ({ data }) => tellAll(JSON.parse(data)));
    stream.addEventListener("error", () => {
      // Cut off, it comes again by itself; refused, it asks again later and later.
      if (stream.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, 300000);
    });
  };
  const lead = () => new Promise((done) => {
    pause = 5000;
    release = () => { stream?.close(); clearTimeout(timer); done(); };
    open();
  });
  // Without locks, as on a plain address, each page has a connection of its own while somebody looks at it.
  const begin = () => {
    if (!navigator.locks) { if (!document.hidden) lead(); return; }
    waiting = new AbortController();
    navigator.locks.request(key, { signal: waiting.signal }, lead).catch(() => {});
  };
  const end = () => { waiting?.abort(); release?.(); release = null; };
  begin();
  addEventListener("pagehide", end);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) begin(); });
  if (!navigator.locks) document.addEventListener("visibilitychange", () => { end(); begin(); });
})();
