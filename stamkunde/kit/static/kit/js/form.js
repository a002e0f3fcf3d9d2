// Forms keep what is typed in this tab, warn before it is lost, and give it back after an expired session.
// data-begun is what a form is begun from where the server has filled in its own draft.
// Forms of a page that do not name their draft are told apart by where they stand; leaving by the quiet link discards.
// A draft is only given back over the same values it was begun on; a changed record wins. No form is sent twice.
const store = sessionStorage, SENT = "draft-sent", drafts = (within) => all("form[data-draft]", within);
const name = (form) => `draft:${body.dataset.signedIn}:${form.dataset.draft}`;
if ("signedIn" in body.dataset) all(".form[method=post]").forEach((form, i) => { form.dataset.draft ??= location.pathname + i; });
// What can be filled in, each with the name of what it holds now and of what it held when the page was made.
const parts = (form) => [...form.elements].flatMap((el) =>
  !el.name || /hidden|password|file|submit|button/.test(el.type) ? []
    : el.options ? [...el.options].map((option) => [option, "selected", "defaultSelected"])
      : [/radio|checkbox/.test(el.type) ? [el, "checked", "defaultChecked"] : [el, "value", "defaultValue"]]);
const values = (form) => parts(form).map(([el, now]) => el[now]);
const begun = (form) => parts(form).map(([el, , made]) => el.dataset.begun ?? el[made]);
const pack = JSON.stringify, same = (a, b) => pack(a) === pack(b);
const forget = (form) => { store.removeItem(name(form)); form.typed = false; };
const restore = (form) => {
  const draft = JSON.parse(store.getItem(name(form)));
  if (!draft || !same(draft.begun, begun(form))) return;
  form.typed = true;
  parts(form).forEach(([el, now], i) => { el[now] = draft.typed[i]; });
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
  store.setItem(name(form), pack({ begun: begun(form), typed: values(form) }));
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
press("[data-discard], .form a.quiet", () => drafts().forEach(forget));
on("beforeunload", (event) => {
  if (drafts().some((form) => form.typed && !same(begun(form), values(form)))) event.preventDefault();
}, window);
