// Toasts: HX-Trigger {"toast": {text, tone, undo}} or those the page came with; red ones stay until closed.
const box = one("#toasts"), model = one("#toast-template");
const live = (toast) => {
  let timer;
  const wait = () => { clearTimeout(timer); timer = setTimeout(() => toast.remove(), 10000); };
  if (toast.matches(".red")) return;
  on("mouseenter focusin", () => clearTimeout(timer), toast);
  on("mouseleave focusout", wait, toast);
  wait();
};
const show = ({ text, value, tone, undo }) => {
  const toast = model.content.firstElementChild.cloneNode(true), form = one("form", toast);
  one("span", toast).textContent = text ?? value;
  if (tone) toast.classList.add(tone);
  if (undo) form.action = undo; else form.remove();
  box.append(toast);
  live(toast);
};
press("[data-dismiss]", (button) => button.closest(".toast").remove());
if (box) {
  all(".toast", box).forEach(live);
  on("toast", ({ detail }) => show(detail));
  on("signed-out session-ends", ({ type }) => one(`#${type}`)?.showModal());
  on("htmx:sendError htmx:responseError", ({ detail }) => {
    if (detail.xhr?.status !== 401) show({ text: model.dataset.failed, tone: "red" });
  });
}
