// Peek: a row's data-peek opens beside the list; the list keeps focus (a phone shows the panel alone) and the address says so.
const panel = one("#panel"), opened = () => one("[data-row].is-open");
const address = (id) => {
  const url = new URL(location);
  url.searchParams[id ? "set" : "delete"]("peek", id);
  history.replaceState(history.state, "", url);
};
if (panel) {
  on("peek", async ({ target: row }) => {
    opened()?.classList.remove("is-open");
    row.classList.add("is-open");
    address(row.dataset.id);
    await fetchInto(row.dataset.peek, panel, { source: row });
    one("#announce").textContent = one("h2", panel)?.textContent;
    if (matchMedia("(max-width: 56rem)").matches) one("[data-close-panel]").focus();
  });
  on("peek-close", () => {
    const row = opened();
    panel.replaceChildren();
    row?.classList.remove("is-open");
    address();
    if (row) one("a, button", row)?.focus();
  });
  press("[data-close-panel]", () => tell("peek-close"));
  // A second click changes a cell in place, so the first one on such a cell waits for it.
  let waiting;
  on("click", ({ target, detail }) => {
    const row = target.closest("[data-peek]");
    clearTimeout(waiting);
    if (row && detail < 2 && !target.closest("a, button, input, label, summary, select") && !String(getSelection()))
      waiting = setTimeout(() => tell("peek", row), target.closest(".editable") ? 250 : 0);
  });
}
