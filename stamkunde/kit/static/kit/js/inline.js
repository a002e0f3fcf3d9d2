// Inline edit: leaving the field saves, Esc gives the old value back, and focus stays where the value is.
const back = (form) => {
  form.leaving = true;
  fetchInto(form.dataset.cancel, form.closest(".inline-field"), { swap: "outerHTML" });
};
on("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest("form[data-cancel]");
  if (form) { event.stopPropagation(); back(form); }
}, document, true);
press("[data-restore]", (button) => back(button.form));
// Once sent, a form loses focus because it is replaced, and must not be sent or taken back again.
on("submit", ({ target }) => { if (target.dataset.cancel) target.leaving = true; }, document, true);
on("focusout", ({ target, relatedTarget }) => {
  const { form } = target;
  if (!form?.dataset.cancel || form.leaving || form.contains(relatedTarget) || !document.hasFocus()) return;
  form.leaving = true;
  if (target.value === target.defaultValue) back(form); else form.requestSubmit();
});
on("htmx:load", ({ detail: { elt } }) => elt.matches?.(".inline-field") && one("[autofocus], .inline-value", elt)?.focus());
