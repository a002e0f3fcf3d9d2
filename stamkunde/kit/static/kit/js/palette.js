// Palette: Ctrl+K, / or the search box; arrows choose, Enter follows, Ctrl+Enter opens beside. Without scripts the box searches.
const palette = one("#palette"), search = one("#search-box");
if (palette) {
  const input = one("input", palette), options = () => all("[role=option]", palette);
  const choose = (option) => {
    options().forEach((el) => el.setAttribute("aria-selected", el === option));
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
    const slash = event.key === "/" && root.dataset.singleKeys !== "off" && !typing(event.target);
    if (slash || (control(event) && event.key.toLowerCase() === "k")) { event.preventDefault(); show(); }
  });
  on("click input", () => { show(search.value); search.value = ""; }, search);
  on("htmx:afterSwap", () => choose(options()[0]), palette);
  on("keydown", (event) => {
    const items = options(), at = items.findIndex((el) => el.ariaSelected === "true");
    const step = arrows[event.key];
    if (step && items.length) choose(items[(at + step + items.length) % items.length]);
    else if (event.key === "Enter" && items[at]) {
      if (control(event)) open(items[at].href, "_blank", "noopener"); else items[at].click();
    } else return;
    event.preventDefault();
  }, input);
}
