// Palette: Ctrl+K, / (the data-key in the search box) or the search box; arrows choose, Enter follows, Ctrl+Enter opens beside. Without scripts the box searches.
const palette = one("#palette"), search = one("#search-box");
if (palette) {
  const input = one("input", palette), options = () => all("[role=option]", palette);
  const choose = (option) => {
    options().forEach((el) => { el.ariaSelected = el === option; });
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const show = (text = "") => {
    if (one("dialog[open]")) return;
    palette.showModal();
    input.value = text;
    input.focus();
    tell("opened", input);
  };
  on("keydown", (event) => {
    if (control(event) && event.key.toLowerCase() === "k") { event.preventDefault(); show(); }
  });
  on("click input", () => { show(search.value); search.value = ""; }, search.form);
  press("[data-palette]", (link, event) => { event.preventDefault(); show(); });
  on("htmx:afterSwap", () => choose(options()[0]), palette);
  on("keydown", (event) => {
    const items = options(), at = items.indexOf(one("[aria-selected=true]", palette));
    const step = arrows[event.key];
    if (step && items.length) choose(items.at((at + step) % items.length));
    else if (event.key === "Enter" && items[at]) {
      if (control(event)) open(items[at].href, "_blank", "noopener"); else items[at].click();
    } else return;
    event.preventDefault();
  }, input);
}
