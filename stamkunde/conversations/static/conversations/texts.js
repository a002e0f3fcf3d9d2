// Text messages: how many are paid for while one is written, and what a template says once its gaps are filled.
// Without scripts the same is counted when it is sent.
(() => {
  const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
  const EXTENDED = new Set("\f^{}\\[~]|€");
  const count = (text) => {
    const signs = [...text.trim()], wide = signs.find((one) => !BASIC.has(one) && !EXTENDED.has(one));
    const widths = signs.map((one) => (wide ? one.length : EXTENDED.has(one) ? 2 : 1));
    const alone = wide ? 70 : 160, several = wide ? 67 : 153, letters = widths.reduce((sum, one) => sum + one, 0);
    if (letters <= alone) return { letters, parts: letters ? 1 : 0, most: alone, wide };
    let parts = 1, used = 0;
    for (const one of widths) {
      if (used + one > several) { parts += 1; used = 0; }
      used += one;
    }
    return { letters, parts, most: alone, wide };
  };
  const put = (words, values) => words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  const told = document.querySelector("#text-count"), text = document.querySelector("#talk-text, [data-counted]");
  const form = text?.form, line = form?.elements.line, messengers = (form?.dataset.messengers ?? "").split(" ");
  const isMessenger = () => (line ? messengers.includes(line.value) : !told.dataset.parts);
  const tell = () => {
    const { one, many, wide: sayWide, plain, longest } = told.dataset;
    const most = isMessenger() ? 4096 : Number(longest);
    if (isMessenger()) {
      const letters = text.value.trim().length;
      told.textContent = letters ? put(plain, { letters, most }) : "";
      told.classList.toggle("over", letters > most);
      return;
    }
    const { letters, parts, most: alone, wide } = count(text.value);
    const said = parts > 1 ? put(many, { letters, parts }) : put(one, { letters, most: alone });
    told.textContent = parts ? (wide ? `${said}. ${put(sayWide, { letter: wide })}` : said) : "";
    told.classList.toggle("over", parts > 10);
  };
  if (told && text) {
    text.addEventListener("input", tell);
    line?.addEventListener("change", tell);
    tell();
  }
  // What WhatsApp asks for is shown for its numbers only.
  const part = form?.querySelector("[data-for-messenger]");
  const show = () => { part.hidden = !isMessenger(); };
  if (part && line) { line.addEventListener("change", show); show(); }

  for (const box of document.querySelectorAll("[data-templates]")) {
    const choice = box.querySelector("select"), preview = box.querySelector("[data-preview]");
    const gaps = [...box.querySelectorAll(".text-gaps input")];
    const draw = () => {
      const { text: words = "", gaps: number = "0" } = choice.selectedOptions[0].dataset;
      gaps.forEach((one, i) => { one.closest("label").hidden = i >= Number(number); });
      preview.textContent = words.replace(/\{\{(\d+)\}\}/g, (whole, i) => gaps[i - 1]?.value || whole);
    };
    box.addEventListener("input", draw);
    draw();
  }
})();
