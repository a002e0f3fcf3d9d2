// Shows a choice of theme, density or text size at once: <input data-set="theme" value="dark">; saving is the form's work.
on("change", ({ target }) => { if (target.dataset.set) root.dataset[target.dataset.set] = target.value; });
