// A conversation: the draft keeps itself, / puts in a saved reply, @ calls a colleague, Ctrl+Enter sends, and every
// 20 seconds, and when news comes, it is asked who else is here and what was said. Without scripts all but / and @ works.
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const form = one("#composer"), presence = one("#presence"), token = () => one("[name=csrfmiddlewaretoken]").value;
  let writingAt = 0;

  // Presence: an unchanged answer costs nothing, since the browser sends back the mark it was given.
  let tag = "", newest = Number(form?.elements.last?.value ?? 0);
  const line = (text, link) => {
    const p = document.createElement("p");
    p.className = link ? "alert amber" : "alert blue";
    const span = document.createElement("span");
    span.textContent = text;
    p.append(span);
    if (link) { const a = document.createElement("a"); a.href = location.pathname; a.textContent = link; p.append(" ", a); }
    return p;
  };
  const ask = async () => {
    if (document.hidden) return;
    const writing = Date.now() - writingAt < 30000 ? "1" : "0";
    const answer = await fetch(`${presence.dataset.url}?writing=${writing}`, {
      headers: { "HX-Request": "true", "X-Background": "1", ...(tag && { "If-None-Match": tag }) }, cache: "no-store",
    }).catch(() => null);
    if (!answer?.ok) return;
    tag = answer.headers.get("ETag") ?? "";
    const said = await answer.json();
    newest ||= said.last;
    if (said.last > newest && await showSaid()) newest = said.last;
    presence.replaceChildren(...said.present.map((text) => line(text)),
      ...(said.last > newest ? [line(presence.dataset.new, presence.dataset.show)] : []));
  };
  // What was said comes into the thread by itself, unless somebody reads older pages of it or is opening something there.
  const showSaid = async () => {
    const thread = one(".thread"), seen = new Set([...thread.querySelectorAll("[id]")].map(({ id }) => id));
    if (location.search || thread.contains(document.activeElement)) return false;
    const answer = await fetch(location.pathname, { headers: { "X-Background": "1" }, cache: "no-store" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = one(".thread", page);
    if (!fresh) return false;
    const isAtEnd = innerHeight + scrollY > document.body.scrollHeight - 200;
    thread.replaceWith(document.adoptNode(fresh));
    const last = one("#composer [name=last]", page);
    if (form && last) form.elements.last.value = last.value;
    const added = [...fresh.querySelectorAll(".said.theirs[id]")].filter(({ id }) => !seen.has(id)).at(-1);
    if (added) {
      one("#announce").textContent = `${one("header .strong", added).textContent}: ${one(".said-text", added).textContent.slice(0, 300)}`;
      if (isAtEnd) added.scrollIntoView({ block: "end" });
    }
    return true;
  };
  // News: several at once are asked about once.
  let soon = 0;
  const isHere = ({ detail }) => location.pathname.includes(`/${detail.conversation}/`);
  const askSoon = (event) => { if (!isHere(event)) return; clearTimeout(soon); soon = setTimeout(ask, 60); };
  if (presence) for (const name of ["live:conversation", "live:presence"]) document.addEventListener(name, askSoon);
  if (presence) { setInterval(ask, 20000); document.addEventListener("visibilitychange", ask); addEventListener("conversation-ask", ask); }
  if (!form) return;

  const { text, version } = form.elements, kept = one("#draft-kept"), list = one("#composer-list"), called = one("#composer-called");
  const colleagues = JSON.parse(one("#colleagues")?.textContent ?? "[]");
  const kind = () => form.elements.kind.value;

  // The draft: saved a second after the last letter, and at once when the page is left.
  let timer, saving = false, again = false, sending = false;
  const save = async (leaving) => {
    if (sending) return;
    if (saving) { again = true; return; }
    saving = true;
    const body = new FormData(form);
    const answer = await fetch(form.dataset.save, { method: "POST", body, keepalive: Boolean(leaving), headers: { "X-CSRFToken": token() } }).catch(() => null);
    saving = false;
    if (answer && (answer.ok || answer.status === 409)) {
      const said = await answer.json();
      kept.textContent = answer.ok ? said.said : said.sentence;
      kept.classList.toggle("field-error", !answer.ok);
      if (answer.ok) version.value = said.version;
      else offer(said);
    }
    if (again) { again = false; save(); }
  };
  // Written on in another window: neither is lost, and whoever writes says which it is to be.
  const offer = ({ version: newer, text: there }) => {
    const button = document.createElement("button");
    button.type = "button"; button.className = "button small"; button.textContent = there.slice(0, 60) || "…";
    button.addEventListener("click", () => { text.value = there; version.value = newer; kept.replaceChildren(); save(); });
    kept.append(" ", button);
    version.value = newer;
  };
  form.addEventListener("input", () => {
    writingAt = Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, 1000);
  });
  addEventListener("pagehide", () => { clearTimeout(timer); if (text.value !== text.defaultValue) save(true); });
  form.addEventListener("submit", () => { sending = true; clearTimeout(timer); });

  // Ctrl+Enter does what the visible button does.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    event.stopPropagation();
    form.requestSubmit([...form.querySelectorAll("button.primary")].find((button) => button.checkVisibility()));
  });
  // R and N choose what is written and go to the box.
  form.addEventListener("click", ({ target }) => { if (target.closest("[data-key]")) setTimeout(() => text.focus()); });

  // The list under the box: saved replies for / at the beginning of a line, colleagues for @.
  let items = [], at = 0, begin = 0, sort = "";
  const hide = () => { list.hidden = true; items = []; text.removeAttribute("aria-activedescendant"); };
  const mark = () => {
    [...list.children].forEach((el, i) => { el.ariaSelected = String(i === at); if (i === at) { el.scrollIntoView({ block: "nearest" }); text.setAttribute("aria-activedescendant", el.id); } });
  };
  const draw = (found) => {
    items = found; at = 0; list.hidden = !found.length;
    list.replaceChildren(...found.map(({ name, hint }, i) => {
      const li = document.createElement("li"), small = document.createElement("span");
      li.id = `composer-choice-${i}`; li.role = "option"; li.textContent = name;
      if (hint) { small.textContent = hint; li.append(small); }
      li.addEventListener("mousedown", (event) => { event.preventDefault(); choose(i); });
      return li;
    }));
    mark();
  };
  const choose = (i) => {
    const { name, text: words, id } = items[i];
    const end = text.selectionStart, put = sort === "/" ? words : `@${name} `;
    text.setRangeText(put, begin, end, "end");
    if (sort === "@") call(id, name);
    hide();
    text.focus();
    form.dispatchEvent(new Event("input"));
  };
  const call = (id, name) => {
    if (one(`[value="${id}"]`, called)) return;
    const label = document.createElement("label"), box = document.createElement("input");
    label.className = "filter-chip"; box.type = "checkbox"; box.name = "called"; box.value = id; box.checked = true;
    label.append(box, ` @${name}`);
    called.append(label);
  };
  const replies = async (q) => {
    const answer = await fetch(`${form.dataset.replies}?${new URLSearchParams({ q })}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.ok) draw((await answer.json()).replies.map((reply) => ({ ...reply, hint: reply.text })));
  };
  text.addEventListener("input", () => {
    const before = text.value.slice(0, text.selectionStart);
    const found = /(?:^|\n)\/([^\n/]{0,40})$/.exec(before) ?? /(?:^|\s)@([^\n@]{0,40})$/.exec(before);
    if (!found) return hide();
    begin = before.length - found[1].length - 1;
    sort = before[begin];
    if (sort === "/") replies(found[1]);
    else draw(colleagues.filter(({ name }) => name.toLowerCase().startsWith(found[1].toLowerCase())).slice(0, 8));
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { at = (at + step + items.length) % items.length; mark(); }
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") choose(at);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  text.addEventListener("blur", () => setTimeout(hide, 150));
  one("[data-open-replies]", form)?.addEventListener("click", () => {
    text.focus(); begin = text.selectionStart; sort = "/"; replies("");
  });
  // A file goes up as soon as it is chosen; what was typed is kept first.
  one("#composer-upload")?.addEventListener("change", async ({ target }) => { await save(); target.form.submit(); });
})();
