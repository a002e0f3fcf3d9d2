// The counter: one box, one request after another, nothing sent twice, and nobody left on the screen.
const doc = document, el = (selector, within = doc) => within.querySelector(selector);
const all = (selector, within = doc) => [...within.querySelectorAll(selector)];
const box = el("#box"), ask = el("#ask"), trouble = el(".trouble"), bar = el(".blanking");
const LATE = 8000, WAIT = 120, WARN = 10000, blanksAfter = doc.body.dataset.blanksAfter * 1000;
const draw = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const stage = () => el("#stage");
let queue = [], busy = false, serving = 0, typing, looking, failed = 0;

const clearList = () => { el("#found").replaceChildren(); mark(); };
const empty = () => { box.value = ""; clearTimeout(typing); looking?.abort(); clearList(); };
const put = (html) => {
  const parts = new DOMParser().parseFromString(html, "text/html").body.children;
  [...parts].forEach((part) => el(`#${part.id}`)?.replaceWith(part));
};
const focus = () => {
  const wanted = el(stage().dataset.focus || "#none");
  // On a tablet the keyboard of the screen would jump up at every touch; keys from a scanner find the box all the same.
  if (wanted) wanted.focus();
  else if (matchMedia("(hover: hover)").matches) box.focus({ preventScroll: true });
};
const post = async (url, data, signal) => {
  const answer = await fetch(url, { method: "POST", body: data, headers: { "HX-Request": "true" }, signal, redirect: "manual" });
  if ([200, 409, 422].includes(answer.status)) return answer.text();
  if (answer.status === 401) el(".signed-out").hidden = false;
  // The page no longer fits what the server knows; baskets wait there.
  else if (answer.status < 500) location.reload();
  throw new Error(answer.status);
};

const complain = () => {
  trouble.hidden = !el(".signed-out").hidden;
  el("[data-waiting]").textContent = queue.map(({ data }) => data.get("typed")).filter(Boolean).join(" · ");
};

// Whatever is done goes through here, in turn. What got no answer stays first in the queue with the mark it was sent
// under, so that sending it again cannot do it again.
const next = async () => {
  if (busy || !queue.length) return;
  const { url, data, of } = queue[0], now = stage().dataset;
  if (of === serving) for (const name of ["serving", "customer", "buying"]) if (data.has(name)) data.set(name, now[name]);
  busy = true;
  stage().setAttribute("aria-busy", "true");
  try {
    const html = await post(url, data, AbortSignal.timeout(LATE));
    if (of === serving) { queue.shift(); put(html); focus(); }
    trouble.hidden = true;
  } catch {
    complain();
    failed = 1;
  }
  busy = false;
  stage().removeAttribute("aria-busy");
  if (!failed) next();
};
const send = (form, button) => {
  const data = new FormData(form, button), act = data.get("act");
  const again = queue.some((one) => one.act === act && /^(pay|register|create|write)/.test(act));
  if (again) return;
  data.set("step", draw());
  if (form === ask) empty();
  queue.push({ url: button?.getAttribute("formaction") ?? form.action, data, act, of: serving });
  failed = 0;
  next();
};

// The list under the box.
const finds = () => all(".find"), chosen = () => el('.find[aria-selected="true"]');
const mark = (find) => {
  finds().forEach((one) => one.setAttribute("aria-selected", one === find));
  find?.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-expanded", finds().length > 0);
  box.setAttribute("aria-activedescendant", find?.id ?? "");
};
const look = async () => {
  looking?.abort();
  if (!box.value.trim()) return clearList();
  looking = new AbortController();
  const typed = box.value;
  try {
    const html = await post(ask.dataset.finds, new FormData(ask), looking.signal);
    if (typed !== box.value) return;
    put(html);
    el("#found").dataset.of = typed;
    mark(chosen());
    trouble.hidden = true;
  } catch (error) {
    if (error.name !== "AbortError") complain();
  }
};
let walked = false;
box.addEventListener("input", () => { walked = false; clearTimeout(typing); typing = setTimeout(look, WAIT); });
box.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], list = finds();
  const digit = (event.altKey || walked) && /^Digit[1-9]$/.test(event.code) && list[event.code[5] - 1];
  if (step && list.length) { mark(list[(list.indexOf(chosen()) + step + list.length) % list.length]); walked = true; }
  else if (digit) digit.click();
  else if (event.key === "Enter" && el("#found").dataset.of === box.value && chosen()) chosen().click();
  else return;
  event.preventDefault();
});

// Blank: at once and without the server, then with what waits at this till.
const blank = () => {
  serving += 1;
  queue = [];
  empty();
  const fresh = el("#blank").content.firstElementChild.cloneNode(true), key = draw();
  fresh.dataset.serving = key;
  all('[name="serving"]', fresh).forEach((input) => { input.value = key; });
  stage().replaceWith(fresh);
  trouble.hidden = true;
  box.focus({ preventScroll: true });
  const data = new FormData(ask);
  data.set("act", "blank");
  post(ask.action, data).then((html) => { if (stage() === fresh) put(html); }, () => {});
};
let touched = Date.now();
const touch = () => { touched = Date.now(); bar.hidden = true; };
["pointerdown", "keydown", "input", "wheel", "touchmove"].forEach((type) => doc.addEventListener(type, touch, { capture: true, passive: true }));
setInterval(() => {
  const left = blanksAfter - (Date.now() - touched), isBlank = stage().matches(".idle") && !box.value && !queue.length;
  if (isBlank) touch();
  else if (left <= 0) { touch(); blank(); }
  else bar.hidden = left > WARN;
}, 250);
addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
// What was typed waits for the same person to sign in again; whatever went blank before is gone.
const KEPT = "counter-typed", { signedIn } = doc.body.dataset;
const keep = () => {
  const typed = box.value || queue.map(({ data }) => data.get("typed")).find(Boolean);
  if (typed && !el(".signed-out").hidden) sessionStorage.setItem(KEPT, JSON.stringify([signedIn, typed]));
};
const [whose, kept] = JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
sessionStorage.removeItem(KEPT);
if (kept && whose === signedIn) { box.value = kept; look(); }
// While the till waits for the terminal it asks by itself.
setInterval(() => { if (!busy && !queue.length) el("[data-poll]")?.click(); }, 2500);
addEventListener("pagehide", () => { keep(); empty(); stage().replaceChildren(); });

// In the capture, before the guard of the desk's forms, which lets a form go only once.
doc.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (!target.matches("[data-serve]")) return;
  event.preventDefault();
  if (submitter?.value === "blank") blank(); else send(target, submitter);
}, true);
doc.addEventListener("click", ({ target }) => {
  if (target.closest("[data-clear]")) { empty(); box.focus(); }
  if (target.closest("[data-again]")) { failed = 0; if (queue.length) next(); else look(); }
});
doc.addEventListener("keydown", (event) => {
  // Keys that go nowhere, such as a scanner's while a button has the focus, are meant for the box.
  if (event.key.length === 1 && event.key > " " && !event.ctrlKey && !event.metaKey && !event.target.matches("input, textarea, select")) box.focus();
  const button = /^(F\d|Escape)/.test(event.key) && all(`[data-f="${event.key}"]:enabled`).find((one) => one.checkVisibility());
  if (!button) return;
  event.preventDefault();
  button.click();
}, true);
doc.addEventListener("input", ({ target: { form } }) => {
  if (!form?.matches("[data-likely]")) return;
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const data = new FormData(form);
    data.set("act", "likely");
    try { put(await post(form.action, data)); } catch { /* The form will say so. */ }
  }, 250);
});
