// Keys: any link or button with data-key="c" or data-key="g c". Single letters rest while typing, and for those who
// turned them off (<html data-single-keys="off">). J K X Space walk the rows; ? lists keys; holding Alt shows them.
const sheet = one("#keys"), openRow = "[data-row].is-open";
let begun = "", pause;

const find = (keys, within) => {
  const found = all(`[data-key="${CSS.escape(keys)}"]`, within);
  return found.find((el) => el.checkVisibility?.()) ?? found[0];
};
const walk = (step) => {
  const rows = all("[data-row]"), at = rows.indexOf(document.activeElement.closest("[data-row]") ?? one(openRow));
  const row = rows[Math.max(at + step, 0)];
  if (!row) return;
  one("a[href], button", row)?.focus();
  if (row.dataset.peek && one(openRow)) tell("peek", row);
};
const list = () => {
  const add = (tag, ...inside) => { const el = document.createElement(tag); el.append(...inside); return el; };
  one("[data-own-keys]", sheet).replaceChildren(...all("[data-key]").flatMap((el) => [
    add("dt", add("kbd", el.dataset.key.toUpperCase())), add("dd", el.ariaLabel ?? (one("span:not(.badge)", el) ?? el).textContent.trim())]));
  sheet.showModal();
};
const leave = () => {
  const menu = one("details.menu[open]");
  if (menu) { menu.open = false; one("summary", menu).focus(); }
  else if (typing(document.activeElement)) document.activeElement.blur();
  else if (one("#panel > *")) tell("peek-close");
};

on("keydown", (event) => {
  const { key, target } = event, modal = one("dialog[open]");
  root.classList.toggle("show-keys", key === "Alt");
  if (event.isComposing || event.defaultPrevented || modal) return;
  if (key === "Escape") return leave();
  if (key === "Enter" && control(event)) return typing(target) ? target.form?.requestSubmit() : one("#panel [data-open]")?.click();
  if (control(event) || event.altKey || typing(target) || root.dataset.singleKeys === "off") return;
  const row = target.closest("[data-row]"), letter = key.toLowerCase(), keys = begun + letter;
  const own = (row && find(keys, row)) ?? find(keys);
  begun = "";
  if (own) { own.focus(); own.click(); }
  else if (one(`[data-key^="${CSS.escape(letter)} "]`)) {
    begun = `${letter} `;
    clearTimeout(pause);
    pause = setTimeout(() => { begun = ""; }, 1200);
  } else if (letter === "j" || letter === "k") walk(letter === "j" ? 1 : -1);
  else if (letter === "x" && row) one("[name=ids]", row)?.click();
  else if (key === " " && row?.dataset.peek && !target.matches("button, input, summary")) tell("peek", row);
  else if (key === "?" && sheet) list();
  else return;
  event.preventDefault();
});
on("keyup blur", () => root.classList.remove("show-keys"), window);
