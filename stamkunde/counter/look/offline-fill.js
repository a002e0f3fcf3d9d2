// Fetches what the device needs to sell without a connection: who it is, products that changed, recent customers,
// receipt numbers. What the server answers with the same tag is not sent again.
const PRODUCTS_EVERY = 10 * 60000, PEOPLE_EVERY = 60 * 60000, FEWEST_NUMBERS = 60;

const ask = (address, more = {}) => fetch(address, {
  cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(10000), ...more,
  headers: { "X-Background": "1", ...more.headers },
});
const json = async (address, more) => {
  const answer = await ask(address, more);
  return answer.ok ? answer.json() : null;
};

// Who the device is to the server now: null where it does not answer, `gone` where it is a stranger to it.
const hello = async (urls) => {
  let answer;
  try { answer = await ask(urls.state, { signal: AbortSignal.timeout(5000) }); } catch { return null; }
  if (answer.status === 403) {
    await kept.forgetPeople();
    await kept.drop("state");
    return { gone: true };
  }
  if (!answer.ok) return null;
  const state = await answer.json(), before = await kept.fact("state");
  if (before && before.store !== state.store) await Promise.all([kept.forgetPeople(), kept.drop("products-at")]);
  await kept.keep("state", state);
  return state;
};

const products = async (urls) => {
  const index = await json(urls.products);
  if (!index) return;
  const known = new Map((await kept.blocks()).map((own) => [own.block, own]));
  for (const block of index.blocks) {
    const tag = known.get(block)?.tag;
    const answer = await ask(`${urls.products}?block=${block}`, { headers: tag ? { "If-None-Match": tag } : {} });
    if (answer.status === 200) {
      await kept.keepBlock({ block, tag: answer.headers.get("ETag"), products: (await answer.json()).products });
    }
    known.delete(block);
  }
  await Promise.all([...known.keys()].map(kept.dropBlock));
  await kept.keep("products-at", Date.now());
};

const people = async (urls, seller) => {
  const found = await json(urls.people);
  if (found) await kept.keep("people", { ...found, at: Date.now(), of: seller });
};

const numbers = async (urls, csrf) => {
  const ranges = (await kept.fact("numbers")) ?? [];
  const left = ranges.reduce((sum, { next, last }) => sum + Math.max(0, last - next + 1), 0);
  if (left >= FEWEST_NUMBERS) return;
  const given = await json(urls.numbers, { method: "POST", headers: { "X-CSRFToken": csrf } });
  if (given) await kept.addNumbers(given);
};

globalThis.fill = {
  hello,
  // Fetch what is due; `state` is the answer to hello.
  all: async (urls, state) => {
    await numbers(urls, state.csrf);
    const age = Date.now() - ((await kept.fact("products-at")) ?? 0);
    if (age > PRODUCTS_EVERY || age < 0) await products(urls);
    if (!state.seller) return;
    const own = await kept.people();
    const isDue = !own || own.of !== state.seller.id || Date.now() - own.at > PEOPLE_EVERY;
    if (isDue && state.hours) await people(urls, state.seller.id);
    else if (!state.hours) await kept.forgetPeople();
  },
};
