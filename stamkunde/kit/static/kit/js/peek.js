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
    await htmx.ajax("GET", row.dataset.peek, { target: panel, source: row });
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
  on("click", ({ target }) => {
    const row = target.closest("[data-peek]");
    if (row && !target.closest("a, button, input, label, summary") && !String(getSelection())) tell("peek", row);
  });
}
