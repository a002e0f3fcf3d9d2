// Words the other scripts share; the bundle puts this file round them.
const root = document.documentElement, { body } = document,
  on = (types, act, where = document, capture) => types.split(" ").forEach((type) => where.addEventListener(type, act, capture)),
  one = (selector, within = document) => within.querySelector(selector),
  all = (selector, within = document) => [...within.querySelectorAll(selector)],
  press = (selector, act) => on("click", (event) => { const el = event.target.closest(selector); if (el) act(el, event); }),
  arrows = { ArrowDown: 1, ArrowUp: -1 },
  control = (event) => event.ctrlKey || event.metaKey,
  typing = (el) => el.matches("textarea, select, input:not([type=checkbox], [type=radio])"),
  tell = (type, where = document) => where.dispatchEvent(new Event(type, { bubbles: true })),
  fetchInto = (url, target, more) => htmx.ajax("GET", url, { target, ...more });
