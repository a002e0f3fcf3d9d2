// Amounts as the server reckons and writes them: whole minor units, halves rounded up, shares by largest remainder.
const OWN_LETTERS = { "ø": "o", "æ": "a", "œ": "o", "þ": "th", "ð": "d", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "ng", "ŧ": "t", "ß": "ss", "ə": "e", "ĸ": "k" };

globalThis.sums = {
  write: (minor, money) => {
    const digits = String(Math.abs(minor)).padStart(money.decimals + 1, "0"), cut = digits.length - money.decimals;
    let whole = digits.slice(0, cut);
    const after = money.decimals ? money.mark + digits.slice(cut) : "";
    if (whole.length > 4 || (whole.length === 4 && money.parts_thousands)) whole = whole.replace(/\B(?=(\d{3})+$)/g, money.between);
    const [before, behind] = minor < 0 ? money.below : money.above;
    return before + whole + after + behind;
  },
  // What somebody typed as an amount, in minor units; null where it is none.
  readAmount: (text, decimals) => {
    const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
    if (!/^\d{1,9}(\.\d*)?$/.test(plain)) return null;
    const [whole, part = ""] = plain.split(".");
    return part.length > decimals ? null : Number(whole + part.padEnd(decimals, "0"));
  },
  readQuantity: (text) => {
    const plain = text.trim().replace(",", ".");
    return /^\d{1,6}(\.\d{1,3})?$/.test(plain) && Number(plain) > 0 ? Math.round(Number(plain) * 1000) : null;
  },
  // A price of one times a quantity in thousandths.
  gross: (price, thousandths) => Math.floor((price * thousandths + 500) / 1000),
  saidQuantity: (thousandths) => String(thousandths / 1000),
  inCash: (total, step) => step ? Math.floor((2 * total + step) / (2 * step)) * step : total,
  vatWithin: (gross, rate) => Math.floor((2 * gross * rate + 10000 + rate) / (2 * (10000 + rate))),
  allocate: (total, weights) => {
    const all = weights.reduce((sum, own) => sum + own, 0);
    if (!all) return weights.map(() => 0);
    const shares = weights.map((own) => Math.floor(total * own / all));
    const rest = weights.map((own, place) => [total * own % all, place]).sort((one, other) => other[0] - one[0] || one[1] - other[1]);
    for (let left = total - shares.reduce((sum, own) => sum + own, 0), at = 0; left > 0; left -= 1, at += 1) shares[rest[at][1]] += 1;
    return shares;
  },
  // One spelling for every way of writing a name, as the server's.
  fold: (text) => text.toLowerCase().normalize("NFC").replace(/['’‘ʼ\u0060´]/g, "").replace(/./gu, (letter) => OWN_LETTERS[letter] ?? letter)
    .normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").replace(/a[ae]+/g, "a").replace(/o[oe]+/g, "o")
    .replace(/u[ue]+/g, "u").replace(/(\p{L})\1+/gu, "$1").trim().split(" ").filter(Boolean),
  digest: async (text, salt) => {
    if (!crypto.subtle) return "";
    const bytes = new TextEncoder(), way = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", bytes.encode(salt), way, false, ["sign"]);
    const signed = await crypto.subtle.sign("HMAC", key, bytes.encode(text.replace(/\s/g, "").toUpperCase()));
    return [...new Uint8Array(signed)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  },
};
