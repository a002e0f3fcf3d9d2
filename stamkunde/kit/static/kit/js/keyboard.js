// Keys: any link or button with data-key="c" or data-key="g c". Single letters rest while typing, and for those who
// turned them off (<html data-single-keys="off">). J K X Space walk the rows; ? lists keys; holding Alt shows them.
// <html data-keys="cq mx"> holds a person's own keys: what C does is done by Q. The letter after G stays.
const sheet = one("#keys"), openRow = "[data-row].is-open";
let begun = "", since;
const pairs = (root.dataset.keys ?? "").split(" "), changed = (key) => pairs.find((pair) => pair[0] === key);
const meant = (key) => pairs.find((pair) => pair[1] === key)?.[0] ?? (changed(key) ? "" : key);
const named = (keys) => (changed(keys[0])?.[1] ?? keys[0]) + keys.slice(1);
all("#keys kbd, kbd[data-key]").forEach((el) => { if (!el.textContent[1]) el.textContent = named(el.textContent.toLowerCase()).toUpperCase(); });

// What stands in a row is done to that row only, and so only while the row has the focus.
const find = (keys, row) => {
  const found = all(`[data-key="${CSS.escape(keys)}"]`, row ?? document).filter((el) => row || !el.closest("[data-row]"));
  return found.find((el) => el.checkVisibility()) ?? found[0];
};
const walk = (step, row) => {
  const rows = all("[data-row]"), next = rows[Math.max(rows.indexOf(row ?? one(openRow)) + step, 0)];
  if (!next) return;
  one("a[href], button", next)?.focus();
  if (next.dataset.peek && one(openRow)) tell("peek", next);
};
const list = () => {
  const add = (tag, inside) => { const el = document.createElement(tag); el.append(inside); return el; };
  const keys = new Map(all("[data-key]").map((el) => [named(el.dataset.key).toUpperCase(), el]));
  one("[data-own-keys]", sheet).replaceChildren(...[...keys].flatMap(([key, el]) => [
    add("dt", add("kbd", key)), add("dd", el.ariaLabel ?? (one("span:not(.badge)", el) ?? el).textContent.trim())]));
  sheet.showModal();
};
const leave = (target) => {
  const menu = one("details.menu[open]");
  if (menu) { menu.open = false; one("summary", menu).focus(); }
  else if (typing(target)) target.blur();
  else if (one("#panel > *")) tell("peek-close");
};

on("keydown", (event) => {
  const { key, target } = event, modal = one("dialog[open]");
  if (key === "Alt") all("[data-key]").forEach((el) => { el.dataset.hint = named(el.dataset.key); });
  root.classList.toggle("show-keys", key === "Alt");
  if (event.isComposing || event.defaultPrevented || modal) return;
  if (key === "Escape") return leave(target);
  const row = target.closest("[data-row]");
  if (key === "Enter" && control(event)) return typing(target) ? target.form?.requestSubmit() : one("#panel [data-open]")?.click();
  if (key === "F2" && row?.cells) return tell("edit", row);
  if (control(event) || event.altKey || typing(target) || root.dataset.singleKeys === "off") return;
  const sign = key.toLowerCase(), letter = meant(sign), keys = begun && event.timeStamp < since + 1200 ? begun + sign : letter;
  const own = (row && find(keys, row)) ?? find(keys);
  begun = "";
  if (own) { own.focus(); own.click(); }
  else if (one(`[data-key^="${CSS.escape(letter)} "]`)) {
    begun = `${letter} `;
    since = event.timeStamp;
  } else if (letter === "j" || letter === "k") walk(letter === "j" ? 1 : -1, row);
  else if (letter === "e" && row?.cells) tell("edit", row);
  else if (letter === "x" && row) one("[name=ids]", row)?.click();
  else if (key === " " && row?.dataset.peek && !target.matches("button, input, summary")) tell("peek", row);
  else if (letter === "?" && sheet) list();
  else return;
  event.preventDefault();
});
on("keyup blur", () => root.classList.remove("show-keys"), window);
