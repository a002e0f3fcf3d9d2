// Columns: the edge of a head sets its width by pointer; the menu of columns does it with buttons, and the order too.
// Double click, F2 or E changes a cell where it stands: its head's data-edit says where, below the row's page.
const heads = (el) => all("th", el.closest("table"));
on("pointerdown", ({ target: grip, clientX: start, pointerId }) => {
  if (!grip.matches(".grip")) return;
  const head = grip.parentNode, table = head.closest("table"), widths = heads(head).map((el) => el.offsetWidth);
  grip.setPointerCapture(pointerId);
  heads(head).forEach((el, i) => { el.width = widths[i]; });
  table.classList.add("fixed");
  grip.onpointermove = ({ clientX }) => { head.width = Math.max(widths[head.cellIndex] + clientX - start, 64); };
  grip.onlostpointercapture = () => fetchInto(
    `${table.dataset.columns}&columns=${heads(head).slice(1).map((el) => `${el.dataset.column}~${el.width}`)}`,
    "#main", { select: "#main", swap: "morph:outerHTML" });
});
const edit = (row, from = 0) => {
  const at = heads(row).findIndex((head, i) => i >= from && head.dataset.edit);
  if (at > 0) fetchInto(one("a", row).pathname + heads(row)[at].dataset.edit, row.cells[at]);
};
on("dblclick", ({ target }) => { const cell = target.closest("tr[data-row] td"); if (cell) edit(cell.parentNode, cell.cellIndex); });
on("edit", ({ target }) => edit(target));
