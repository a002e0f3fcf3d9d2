// Ticked rows: the number in the selection bar, and one box for all of them.
on("change", ({ target }) => {
  const { form } = target;
  if (!form) return;
  const boxes = all("[name=ids]", form), every = one("[data-select-all]", form);
  if (target === every) boxes.forEach((box) => { box.checked = every.checked; });
  const ticked = boxes.filter((box) => box.checked).length;
  if (every) every.checked = ticked === boxes.length;
  all("[data-selected]", form).forEach((el) => { el.textContent = ticked; });
});
