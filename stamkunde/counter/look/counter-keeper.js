// On the counter of a registered device: keeps what it needs to go on without a connection, sends what it sold, and
// forgets whom it knew when somebody signs out. On any other device it only clears up.
const keeper = document.querySelector("#keeper"), SCOPE = "/counter/";
const leave = async () => {
  const own = await navigator.serviceWorker?.getRegistration(SCOPE);
  if (!own) return;
  await own.unregister();
  await kept.forgetPeople();
};
const keepUp = async (page) => {
  const own = await navigator.serviceWorker.register(keeper.dataset.worker, { scope: SCOPE, updateViaCache: "none" });
  const refresh = () => own.active?.postMessage("shell");
  navigator.serviceWorker.ready.then(refresh);
  navigator.storage?.persist?.();
  const tell = async () => {
    const waiting = (await kept.queue()).length, forms = page.waiting;
    const said = document.querySelector(".offline-waiting");
    said.hidden = !waiting;
    said.querySelector("[data-waiting-said]").textContent = (forms[new Intl.PluralRules(page.language).select(waiting)] ?? forms.other).replace("{n}", waiting);
  };
  const meet = async () => {
    const state = await fill.hello(page.urls);
    if (state?.gone) return leave();
    if (state) {
      await send.all(page.urls, state.csrf, tell);
      await fill.all(page.urls, state);
    }
    await tell();
  };
  const calmly = () => meet().catch(() => {});
  calmly();
  setInterval(calmly, 60000);
  addEventListener("online", calmly);
};
document.addEventListener("submit", ({ target }) => {
  if (target.matches(`[action="${keeper.dataset.signOut}"]`)) kept.forgetPeople();
}, true);
// Where the page did not come safely a browser keeps nothing, and there is nothing to clear up.
if (navigator.serviceWorker) {
  if (keeper.dataset.worker) keepUp(JSON.parse(document.querySelector("#page").textContent));
  else leave();
}
