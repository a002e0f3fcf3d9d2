// Menus close when one chose or looks elsewhere; opened with keys they take the focus, and arrows move in them. data-dialog="id" opens a dialog, data-close closes it; the palette also by a click beside it.
// data-print prints the page.
on("click", ({ target }) => {
  all("details.menu[open]").forEach((menu) => {
    if (!menu.contains(target) || target.closest(".menu-list :is(a, button:not([data-stay]))")) menu.open = false;
  });
  if (target.matches(".palette")) target.close();
});
const choices = (menu) => all(".menu-list :is(a, button, input)", menu).filter((el) => el.checkVisibility());
on("toggle", ({ target }) => {
  if (!target.open || !target.matches(".menu")) return;
  one(".menu-list", target).scrollIntoView({ block: "nearest" });
  if (one(":focus-visible", target)) choices(target)[0]?.focus();
}, document, true);
on("keydown", (event) => {
  const { target, key } = event, menu = target.closest("details.menu[open]"), step = arrows[key];
  if (!menu || !step) return;
  const items = choices(menu);
  items.at((items.indexOf(target) + step) % items.length)?.focus();
  event.preventDefault();
});
press("[data-dialog]", (opener) => one(`#${opener.dataset.dialog}`).showModal());
press("[data-close]", (button) => button.closest("dialog").close());
press("[data-print]", () => print());
