// The counter without a connection: finds products and recent customers on the device, sells, and queues what it sold.
const doc = document, el = (selector, within = doc) => within.querySelector(selector);
const all = (selector, within = doc) => [...within.querySelectorAll(selector)];
const page = JSON.parse(el("#page").textContent), { urls, money } = page;
const LONG_AGO = 1000 * 60 * 60 * 24, MOST_FOUND = 9, box = el("#box"), banner = el(".banner");
const amount = (minor) => sums.write(minor, money);
const draw = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), el(`#say-${name}`).content.textContent.trim());
const plural = (forms, number) => (forms[new Intl.PluralRules(page.language).select(number)] ?? forms.other).replace("{n}", number);

let state = {}, products = [], people = null, isThere = null, isGone = false, done = null, touched = Date.now(), isHidden = false;
const empty = () => ({ lines: [], customer: null, points: 0, codes: [] });
let basket = empty();

const load = async () => {
  state = (await kept.fact("state")) ?? {};
  products = (await kept.blocks()).flatMap((block) => block.products);
  people = await kept.people();
};
const keepBasket = () => kept.keep("basket", { ...basket, customer: basket.customer?.id ?? null });
const priceFor = (line) => line.product
  ? Math.min(...(basket.customer?.for ?? [""]).map((name) => line.prices[name] ?? line.prices[""]))
  : line.price;
const reckon = () => {
  const lines = basket.lines.map((line) => ({ ...line, one: priceFor(line), gross: sums.gross(priceFor(line), line.quantity) }));
  const gross = lines.reduce((sum, line) => sum + line.gross, 0);
  const byPoints = basket.points * (state.worth ?? 0), off = byPoints + basket.codes.reduce((sum, code) => sum + code.amount, 0);
  const total = gross - off, shares = sums.allocate(off, lines.map((line) => line.gross)), rates = new Map();
  lines.forEach((line, place) => rates.set(line.rate, (rates.get(line.rate) ?? 0) + line.gross - shares[place]));
  return { lines, gross, off, byPoints, total, cash: sums.inCash(total, state.step ?? 0), vat: [...rates].sort((one, other) => other[0] - one[0]).map(([rate, own]) => [rate, sums.vatWithin(own, rate)]) };
};

// The list under the box.
let found = [], chosen = 0, asked = 0;
const lookUp = async (text) => {
  const plain = text.trim(), code = plain.replace(/[\s-]/g, ""), words = sums.fold(plain), digits = plain.replace(/\D/g, "");
  const exact = products.filter((own) => own.codes.includes(code) || own.sku === plain);
  if (exact.length) return { things: exact.map((own) => ({ product: own })), isCertain: exact.length === 1 };
  const rows = people?.people ?? [], digest = people && /\d/.test(code) && code.length >= 8 ? await sums.digest(code, people.salt) : "";
  const byCard = digest ? rows.filter((own) => own.cards.includes(digest)) : [];
  if (byCard.length) return { things: byCard.map((own) => ({ person: own })), isCertain: byCard.length === 1 };
  const fits = (own) => words.every((word) => own.words.some((known) => known.startsWith(word)));
  const named = words.length ? rows.filter(fits) : [], ended = digits.length >= 4 ? rows.filter((own) => own.ends.includes(digits.slice(-4))) : [];
  const who = [...new Set([...ended, ...named])].map((own) => ({ person: own }));
  const what = words.length ? products.filter(fits).map((own) => ({ product: own })) : [];
  const first = basket.lines.length || !who.length ? [...what.slice(0, 7), ...who] : [...who.slice(0, 7), ...what];
  return { things: first.slice(0, MOST_FOUND), isCertain: false };
};
const mark = (place) => {
  chosen = place;
  all(".find").forEach((own, at) => own.setAttribute("aria-selected", at === place));
  box.setAttribute("aria-activedescendant", found.length ? `find-${place}` : "");
};
const showFound = (things, text) => {
  found = things;
  el("#found").replaceChildren(...things.map(({ product, person }, place) => {
    const row = el("#find").content.firstElementChild.cloneNode(true);
    row.id = `find-${place}`;
    row.dataset.place = place;
    row.classList.toggle("person", Boolean(person));
    el("kbd", row).textContent = place + 1;
    el(person ? ".icon-product" : ".icon-person", row).remove();
    el(".find-title", row).textContent = product?.name ?? person.name;
    el(".find-about", row).textContent = product?.sku ?? [person.shown, person.level].filter(Boolean).join(" · ");
    el(".find-end", row).textContent = product ? amount(Math.min(...(basket.customer?.for ?? [""]).map((name) => product.prices[name] ?? product.prices[""]))) : "";
    return row;
  }));
  if (text && !things.length) {
    const none = doc.createElement("p");
    none.textContent = say("nothing", { text });
    el("#found").append(none);
  }
  box.setAttribute("aria-expanded", things.length > 0);
  mark(0);
};
const clear = () => { box.value = ""; asked += 1; showFound([], ""); };
const look = async () => {
  const own = asked += 1, text = box.value;
  if (!text.trim()) return showFound([], "");
  const { things } = await lookUp(text);
  if (own === asked) showFound(things, text.trim());
};
const choose = ({ product, person }) => {
  if (person) { basket.customer = person; basket.points = 0; }
  else {
    const same = basket.lines.find((line) => line.product === product.id);
    if (same) same.quantity += 1000;
    else basket.lines.push({ id: draw(), product: product.id, name: product.name, prices: product.prices, rate: product.rate, quantity: 1000 });
  }
  clear();
  changed();
};

// The screen.
const put = (name, fillIn) => {
  const part = el(`#${name}`).content.cloneNode(true);
  fillIn(part);
  return part;
};
const text = (within, selector, value) => { const own = el(selector, within); own.textContent = value; own.hidden = value === ""; };
const blank = () => put("blank", (part) => {
  const left = reckon();
  el("[data-resume]", part).hidden = !basket.lines.length;
  text(part, ".resume-total", basket.lines.length ? amount(left.total) : "");
});
const sale = () => put("sale", (part) => {
  const own = reckon(), { customer } = basket;
  el(".known", part).hidden = !customer;
  el(".unknown", part).hidden = Boolean(customer);
  text(part, ".who-name", customer?.name ?? "");
  text(part, ".who-about", customer ? [customer.shown, customer.level].filter(Boolean).join(" · ") : "");
  el(".who-member", part).hidden = !customer?.member;
  el(".nobody-kept", part).hidden = Boolean(people);
  el(".lines", part).replaceChildren(...own.lines.map((line) => put("line", (row) => {
    row.firstElementChild.dataset.line = line.id;
    text(row, ".line-name", line.name);
    text(row, ".line-amount", amount(line.gross));
    text(row, ".line-each", line.quantity === 1000 ? "" : `${sums.saidQuantity(line.quantity)} × ${amount(line.one)}`);
    el("input", row).value = sums.saidQuantity(line.quantity);
    all("button, input", row).forEach((button) => button.setAttribute("aria-label", `${button.getAttribute("aria-label")}: ${line.name}`));
  })));
  el(".none", part).hidden = own.lines.length > 0;
  el(".limited", part).hidden = !state.limit;
  el(".not-allowed", part).hidden = state.limit > 0;
  text(part, ".limit-said", state.limit ? say("limit", { amount: amount(state.limit) }) : "");
  el(".off", part).replaceChildren(...basket.codes.map((code, place) => put("code", (row) => {
    text(row, ".code-said", `${code.code} −${amount(code.amount)}`);
    el("button", row).dataset.code = place;
  })), ...(basket.points ? [put("code", (row) => {
    text(row, ".code-said", say("points", { points: basket.points, amount: amount(own.byPoints) }));
    el("button", row).dataset.code = "points";
  })] : []));
  el(".with-points", part).hidden = !(customer?.member && state.worth);
  el(".pay", part).hidden = !own.lines.length;
  text(part, ".total", amount(own.total));
  text(part, ".in-cash", own.cash === own.total ? "" : say("cash", { amount: amount(own.cash) }));
  all("[data-pay]", part).forEach((button) => { button.disabled = own.total < 0; });
});
const receipt = () => put("receipt", (part) => {
  text(part, ".settled", done.settled);
  text(part, ".slip-number", done.number);
  text(part, ".slip-when", done.when);
  const row = ([label, value, small = ""]) => put("slip-row", (own) => {
    text(own, ".slip-label", label);
    text(own, ".slip-small", small);
    text(own, "td", value);
  });
  el(".slip-lines", part).replaceChildren(...done.lines.map(row));
  text(part, ".slip-sum", done.total);
  el(".slip-parts", part).append(...done.parts.map(row));
  text(part, ".slip-by", done.by ? say("by", { who: done.by }) : "");
});
const shown = () => done ? "receipt" : isHidden || !(basket.lines.length || basket.customer) ? "blank" : "sale";
const show = () => {
  const stage = el("#stage"), which = shown(), open = el(".extras", stage)?.open;
  stage.className = `stage ${which === "sale" ? "working" : "idle"}`;
  stage.replaceChildren({ receipt, blank, sale }[which]());
  if (open && which === "sale") el(".extras", stage).open = true;
  if (matchMedia("(hover: hover)").matches) box.focus({ preventScroll: true });
};
const changed = async () => { done = null; isHidden = false; show(); await keepBasket(); };

// Paying: the purchase is on the disk before the receipt is shown.
let isPaying = false;
const pay = async (method, reference) => {
  const own = reckon();
  if (isPaying || !own.lines.length || own.total < 0) return;
  isPaying = true;
  const paid = method === "cash" ? own.cash : own.total, at = new Date(), key = draw();
  const number = (await kept.takeNumber()) ?? `F${page.till}-${key.slice(0, 10).toUpperCase()}`;
  const body = {
    key, till_id: page.till, receipt_number: number, occurred_at: at.toISOString(), sold_by: state.seller?.id ?? null,
    customer_id: basket.customer?.id ?? null, points: basket.points, points_amount: own.byPoints, codes: basket.codes,
    payments: [{ method, amount: paid, reference }],
    lines: own.lines.map((line) => ({
      product_id: line.product ?? null, description: line.name, quantity: sums.saidQuantity(line.quantity), unit_price: line.one,
      vat_basis_points: line.rate, ...(line.product ? {} : { vat_class: line.vat }),
    })),
  };
  try {
    await kept.enqueue({ key, body, number, total: paid, at: at.getTime() });
  } catch {
    isPaying = false;
    return refuse("not-kept");
  }
  done = {
    number, by: state.seller?.name ?? "", total: amount(own.total),
    settled: say(method === "cash" ? "paid-cash" : "paid-card", { amount: amount(paid) }),
    when: new Intl.DateTimeFormat(page.language === "en" ? "en-GB" : page.language, { dateStyle: "short", timeStyle: "short", timeZone: page.zone }).format(at),
    lines: own.lines.map((line) => [line.name, amount(line.gross), line.quantity === 1000 ? "" : `${sums.saidQuantity(line.quantity)} × ${amount(line.one)}`]),
    parts: [
      ...basket.codes.map((code) => [code.code, amount(-code.amount)]),
      ...(own.byPoints ? [[say("points-word"), amount(-own.byPoints)]] : []),
      ...own.vat.filter(([, vat]) => vat).map(([rate, vat]) => [say("vat", { rate: `${new Intl.NumberFormat(page.language).format(rate / 100)} %` }), amount(vat)]),
      ...(paid === own.total ? [] : [[say("rounding"), amount(paid - own.total)]]),
      [say(method === "cash" ? "cash-word" : "card"), amount(paid), reference],
    ],
  };
  basket = empty();
  isPaying = false;
  show();
  await keepBasket();
  await told();
  meet();
};
const refuse = (name, values) => {
  const own = el(".refusal");
  el("p", own).textContent = say(name, values);
  own.hidden = false;
  setTimeout(() => { own.hidden = true; }, 8000);
};

// The banner: how many wait, and whether there is a connection.
const told = async () => {
  const queue = await kept.queue(), refused = queue.filter((own) => own.said);
  banner.className = `alert banner ${isGone ? "red" : isThere ? "green" : "amber"}`;
  const now = isGone ? "gone" : isThere ? "back" : "none";
  el(".banner-said").textContent = [say(`connection-${now}`), queue.length ? plural(page.waiting, queue.length) : isThere ? "" : say("goes-on")].filter(Boolean).join(" ");
  el("[data-back]").hidden = !isThere || isGone;
  text(doc, ".banner-old", !isThere && state.at && Date.now() - Date.parse(state.at) > LONG_AGO ? say("old") : "");
  text(doc, ".banner-refused", refused.map((own) => `${own.number}: ${own.said}`).join(" "));
};
let isMeeting = false;
const meet = async () => {
  if (isMeeting) return;
  isMeeting = true;
  try {
    const answer = await fill.hello(urls);
    isGone = Boolean(answer?.gone);
    isThere = Boolean(answer) && !isGone;
    if (isThere) {
      isThere = await send.all(urls, answer.csrf, told);
      await fill.all(urls, answer).catch(() => {});
      await load();
    } else if (isGone) people = null;
  } finally {
    isMeeting = false;
    await told();
  }
};

// What is typed and pressed.
const enter = async () => {
  const typed = box.value;
  if (!typed.trim()) return;
  const own = asked += 1, { things, isCertain } = await lookUp(typed);
  if (own !== asked) return;
  if (isCertain || (things.length === 1 && things[0].product)) choose(things[0]);
  else if (found.length && found.length === things.length) choose(things[chosen]);
  else showFound(things, typed.trim());
};
// In the capture, before the guard of the desk's forms: nothing here is ever sent as a form.
doc.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.target.id === "ask") enter();
}, true);
let typing;
box.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(look, 80); });
box.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const digit = event.altKey && /^Digit[1-9]$/.test(event.code) && found[event.code[5] - 1];
  if (step && found.length) mark((chosen + step + found.length) % found.length);
  else if (digit) choose(digit);
  else return;
  event.preventDefault();
});
const lineOf = (target) => basket.lines.find((line) => line.id === target.closest("[data-line]")?.dataset.line);
const next = () => { basket = empty(); clear(); return changed(); };
const add = (form) => {
  const [name, typed] = ["description", "price"].map((field) => form.elements[field].value.trim()), vat = form.elements.vat_class.value;
  const price = sums.readAmount(typed, money.decimals);
  if (!name || price === null) return refuse("words");
  basket.lines.push({ id: draw(), product: null, name: name.slice(0, 200), price, vat, rate: state.rates?.[vat] ?? 0, quantity: 1000 });
  return changed();
};
const takeOff = (form) => {
  const code = form.elements.code.value.trim().slice(0, 40), typed = sums.readAmount(form.elements.off.value, money.decimals);
  const points = Number(form.elements.points?.value || 0), byPoints = points * (state.worth ?? 0);
  if (!(code && typed) && !(Number.isInteger(points) && points > 0)) return refuse("off");
  const before = reckon().off, more = (code && typed ? typed : 0) + (points > 0 ? byPoints - basket.points * (state.worth ?? 0) : 0);
  if (before + more > state.limit || before + more > reckon().gross) return refuse("too-much", { amount: amount(state.limit) });
  if (code && typed) basket.codes.push({ code, amount: typed });
  if (points > 0) basket.points = points;
  return changed();
};
const DEEDS = {
  more: (target) => { lineOf(target).quantity += 1000; return changed(); },
  less: (target) => {
    const line = lineOf(target);
    line.quantity -= 1000;
    if (line.quantity <= 0) basket.lines.splice(basket.lines.indexOf(line), 1);
    return changed();
  },
  nobody: () => { basket.customer = null; basket.points = 0; return changed(); },
  words: (target) => add(target.form),
  off: (target) => takeOff(target.form),
  code: ({ dataset }) => {
    if (dataset.code === "points") basket.points = 0;
    else basket.codes.splice(Number(dataset.code), 1);
    return changed();
  },
  card: (target) => pay("card", target.form.elements.reference.value.trim()),
  cash: () => pay("cash", ""),
  next: () => { done = null; return next(); },
  resume: () => changed(),
  again: () => meet(),
};
doc.addEventListener("click", ({ target }) => {
  const find = target.closest(".find"), deed = target.closest("[data-do]");
  if (find) choose(found[find.dataset.place]);
  else if (deed) DEEDS[deed.dataset.do](deed);
  else if (target.closest("[data-clear]")) { clear(); box.focus(); }
});
doc.addEventListener("change", ({ target }) => {
  if (!target.matches(".line input")) return;
  const quantity = sums.readQuantity(target.value);
  if (quantity === null) refuse("quantity");
  else lineOf(target).quantity = quantity;
  changed();
});
doc.addEventListener("keydown", (event) => {
  if (event.key.length === 1 && event.key > " " && !event.ctrlKey && !event.metaKey && !event.target.matches("input, textarea, select")) box.focus();
  const button = /^(F\d|Escape)/.test(event.key) && all(`[data-f="${event.key}"]:enabled`).find((own) => own.checkVisibility());
  if (!button) return;
  event.preventDefault();
  button.click();
}, true);

// Nobody is left on the screen; the basket waits without a name.
["pointerdown", "keydown", "input"].forEach((type) => doc.addEventListener(type, () => { touched = Date.now(); }, { capture: true, passive: true }));
setInterval(() => {
  if (Date.now() - touched < page.blanks * 1000 || shown() === "blank") return;
  done = null;
  isHidden = true;
  clear();
  show();
}, 1000);
addEventListener("online", meet);
addEventListener("offline", () => { isThere = false; told(); });
setInterval(meet, 15000);

(async () => {
  await load();
  const before = await kept.fact("basket");
  if (before) basket = { ...before, customer: people?.people.find((own) => own.id === before.customer) ?? null };
  isHidden = basket.lines.length > 0;
  show();
  await told();
  navigator.storage?.persist?.();
  await meet();
  show();
})();
