// Menus close when one looks elsewhere; data-dialog="id" opens a dialog, data-close closes it; the palette also by a click beside it.
// data-print prints the page.
on("click", ({ target }) => {
  all("details.menu[open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
  if (target.matches(".palette")) target.close();
});
press("[data-dialog]", (opener) => one(`#${opener.dataset.dialog}`).showModal());
press("[data-close]", (button) => button.closest("dialog").close());
press("[data-print]", () => print());
