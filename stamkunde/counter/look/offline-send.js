// Sends what was sold, one after another, oldest first. A purchase leaves the device only once the server says that it
// keeps it; whatever else happens it stays, and sending it again cannot do it again.
const post = (address, csrf, sale) => fetch(address, {
  method: "POST", redirect: "manual", signal: AbortSignal.timeout(20000),
  headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, "X-Background": "1" },
  body: JSON.stringify({ ...sale.body, sent_at: new Date().toISOString() }),
});

const sendAll = async (urls, csrf, tell) => {
  for (const sale of await kept.queue()) {
    let answer, said = {};
    try { answer = await post(urls.sales, csrf, sale); } catch { return false; }
    try { said = await answer.json(); } catch { /* Not ours: a proxy's page, or an empty answer. */ }
    if (answer.status === 200 && said.id) await kept.sent(sale.key);
    else if (answer.status >= 500 || answer.type === "opaqueredirect" || said.refused === "no_device") return false;
    else await kept.enqueue({ ...sale, said: said.said ?? String(answer.status) });
    await tell();
  }
  return true;
};

globalThis.send = {
  // Only one page of the device sends at a time. Resolves to whether all of it was answered.
  all: (urls, csrf, tell = async () => {}) => navigator.locks
    ? navigator.locks.request("till-send", () => sendAll(urls, csrf, tell))
    : sendAll(urls, csrf, tell),
};
