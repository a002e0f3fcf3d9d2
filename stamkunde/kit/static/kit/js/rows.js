// Ticked rows: the number in the selection bar, and one box for all of them.
on("change", ({ target }) => {
  const form = target.closest(".selectable, form");
  if (!form) return;
  const boxes = all("[name=ids]", form), every = one("[data-select-all]", form);
  if (target === every) boxes.forEach((box) => { box.checked = every.checked; });
  const ticked = boxes.filter((box) => box.checked).length;
  if (every) every.checked = ticked === boxes.length;
  const said = one("[data-selected]", form);
  if (said) said.textContent = ticked;
});
