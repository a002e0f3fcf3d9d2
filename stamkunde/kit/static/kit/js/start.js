// Words the other scripts share; the bundle puts this file round them.
const root = document.documentElement, { body } = document;
const on = (types, act, where = document, capture = false) => types.split(" ").forEach((type) => where.addEventListener(type, act, capture));
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const press = (selector, act) => on("click", ({ target }) => { const el = target.closest(selector); if (el) act(el); });
const arrows = { ArrowDown: 1, ArrowUp: -1 };
const control = (event) => event.ctrlKey || event.metaKey;
const typing = (el) => el.isContentEditable || el.matches("textarea, select, input:not([type=checkbox], [type=radio])");
const tell = (type, where = document) => where.dispatchEvent(new Event(type, { bubbles: true }));
