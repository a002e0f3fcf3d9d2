// The inbox: when something changes in a conversation the list comes anew, at most every two seconds, and the place
// where somebody stands in it is kept. What was found by a search stays as it was found.
(() => {
  const address = document.querySelector("[data-fresh]")?.dataset.fresh;
  if (!address) return;
  let timer = 0, last = 0, isMissed = false;
  const show = () => {
    timer = 0;
    if (document.hidden) { isMissed = true; return; }
    last = Date.now();
    htmx.ajax("GET", address, {
      target: "#talks", select: "#talks", swap: "morph:outerHTML", selectOOB: "#talk-tabs", headers: { "X-Background": "1" },
    });
  };
  const soon = () => { timer ||= setTimeout(show, Math.max(100, last + 2000 - Date.now())); };
  document.addEventListener("live:conversation", soon);
  document.addEventListener("visibilitychange", () => { if (isMissed && !document.hidden) { isMissed = false; soon(); } });
  // Where no news comes it is looked at slowly.
  setInterval(soon, 60000);
})();
