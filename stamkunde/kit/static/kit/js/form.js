// Forms with data-draft keep what is typed in this tab, warn before it is lost, and give it back after an expired session.
// data-begun is what a form is begun from where the server has filled in its own draft.
// A draft is only given back over the same values it was begun on; a changed record wins. No form is sent twice.
const store = sessionStorage, SENT = "draft-sent", drafts = (within) => all("form[data-draft]", within);
const name = (form) => `draft:${body.dataset.signedIn}:${form.dataset.draft}`;
const fields = (form) => [...form.elements].filter((el) =>
  el.name && !["hidden", "password", "file", "submit", "button"].includes(el.type));
const ticks = (el) => /radio|checkbox/.test(el.type);
const values = (form, begun) => fields(form).map((el) => {
  if (ticks(el)) return begun ? el.defaultChecked : el.checked;
  if (el.options) return [...el.options].map((option) => begun ? option.defaultSelected : option.selected);
  return begun ? el.dataset.begun ?? el.defaultValue : el.value;
});
const pack = JSON.stringify, same = (a, b) => pack(a) === pack(b);
const forget = (form) => { store.removeItem(name(form)); form.typed = false; };
const restore = (form) => {
  const draft = JSON.parse(store.getItem(name(form)));
  if (!draft || !same(draft.begun, values(form, true))) return;
  form.typed = true;
  fields(form).forEach((el, i) => {
    const value = draft.typed[i];
    if (ticks(el)) el.checked = value;
    else if (el.options) value.forEach((chosen, n) => { el.options[n].selected = chosen; });
    else el.value = value;
  });
};
const sent = store.getItem(SENT);
// The sign-in page and an error page say that nothing was saved: the draft then waits for its form.
if (sent) {
  store.removeItem(SENT);
  if ("signedIn" in body.dataset && (one(".toast.green") || !drafts().some((form) => name(form) === sent))) store.removeItem(sent);
}
drafts().forEach(restore);
on("htmx:load", ({ detail: { elt } }) => elt !== body && drafts(elt.parentNode ?? elt).forEach(restore));
on("input", ({ target: { form } }) => {
  if (!form?.dataset.draft) return;
  form.typed = true;
  store.setItem(name(form), pack({ begun: values(form, true), typed: values(form) }));
});
on("submit", (event) => {
  const { target: form, submitter } = event;
  if (form.sending) event.preventDefault();
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.draft) store.setItem(SENT, name(form));
  form.typed = false;
  form.sending = true;
  submitter?.setAttribute("aria-busy", "true");
  // A download answers without leaving the page, so the form opens again after a while.
  setTimeout(() => { form.sending = false; submitter?.removeAttribute("aria-busy"); }, 4000);
});
on("htmx:afterRequest", ({ target, detail }) => {
  const form = target.form ?? target;
  target.sending = false;
  // What the server has kept needs no keeping here, and would outlive a newer draft from another device.
  if (form.dataset.draft && detail.requestConfig.verb !== "get" && detail.successful) forget(form);
});
press("[data-discard]", () => drafts().forEach(forget));
on("beforeunload", (event) => {
  if (drafts().some((form) => form.typed && !same(values(form, true), values(form)))) event.preventDefault();
}, window);
