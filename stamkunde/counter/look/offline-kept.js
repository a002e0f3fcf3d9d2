// What the device keeps of the till: one database of the browser's own. A promise ends once it is on the disk.
const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("stamkunde-till", 1);
  asked.onupgradeneeded = () => {
    const base = asked.result;
    base.createObjectStore("products", { keyPath: "block" });
    base.createObjectStore("queue", { keyPath: "key" });
    base.createObjectStore("facts");
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const within = async (name, mode, deed) => {
  const base = await opened;
  return new Promise((resolve, reject) => {
    const work = base.transaction(name, mode, { durability: "strict" });
    let found;
    deed(work.objectStore(name), (value) => { found = value; });
    work.oncomplete = () => resolve(found);
    work.onabort = () => reject(work.error);
  });
};
const read = (name, ask) => within(name, "readonly", (store, give) => {
  const asked = ask(store);
  asked.onsuccess = () => give(asked.result);
});
const write = (name, deed) => within(name, "readwrite", deed);

const PEOPLE = "till-people";
const mayKeepPeople = () => document.cookie.split("; ").some((one) => one.startsWith(`${PEOPLE}=`));

globalThis.kept = {
  fact: (name) => read("facts", (store) => store.get(name)),
  keep: (name, value) => write("facts", (store) => store.put(value, name)),
  drop: (name) => write("facts", (store) => store.delete(name)),
  blocks: () => read("products", (store) => store.getAll()),
  keepBlock: (block) => write("products", (store) => store.put(block)),
  dropBlock: (block) => write("products", (store) => store.delete(block)),
  queue: async () => (await read("queue", (store) => store.getAll())).sort((one, other) => one.at - other.at),
  enqueue: (sale) => write("queue", (store) => store.put(sale)),
  sent: (key) => write("queue", (store) => store.delete(key)),
  // Receipt numbers that were reserved for this device; one is taken once, whatever becomes of the purchase.
  takeNumber: () => write("facts", (store, give) => {
    const asked = store.get("numbers");
    asked.onsuccess = () => {
      const ranges = (asked.result ?? []).filter(({ next, last }) => next <= last), [range] = ranges;
      if (!range) return;
      give(range.prefix + String(range.next).padStart(5, "0"));
      range.next += 1;
      store.put(ranges, "numbers");
    };
  }),
  addNumbers: ({ prefix, first, last }) => write("facts", (store) => {
    const asked = store.get("numbers");
    asked.onsuccess = () => store.put([...(asked.result ?? []), { prefix, next: first, last }], "numbers");
  }),
  // Recent customers, for as many hours as the shop allows, and not past signing out.
  people: async () => {
    const found = await kept.fact("people");
    if (!found) return null;
    const age = Date.now() - found.at;
    if (mayKeepPeople() && age < found.hours * 3600000 && age > -3600000) return found;
    await kept.forgetPeople();
    return null;
  },
  forgetPeople: async () => {
    document.cookie = `${PEOPLE}=; max-age=0; path=/`;
    await kept.drop("people");
  },
};
