/* Brings a figure's drawing to life. The drawing is in the page and stays if anything here fails.
   Vega comes from one local bundle by a script tag (fetch fails on file://) and runs its expressions in the
   interpreter, since the page's policy forbids eval. A figure with controls comes alive when it comes into view,
   any other when the reader asks. */
(() => {
  "use strict";
  const here = document.currentScript.src.replace(/[^/]*$/, "");
  const scripts = new Map();

  function load(file) {
    if (!scripts.has(file)) {
      scripts.set(file, new Promise((done, failed) => {
        const tag = document.createElement("script");
        tag.src = here + file;
        tag.onload = done;
        tag.onerror = () => { scripts.delete(file); failed(new Error(file)); };
        document.head.append(tag);
      }));
    }
    return scripts.get(file);
  }

  const part = (figure, name) => figure.querySelector(`.eg-${name}`);
  const payload = (figure) => JSON.parse(part(figure, "spec").textContent);
  const finding = (figure) => part(figure, "finding").textContent;
  const width = (figure) => (figure.clientWidth >= WIDE ? "wide" : "phone");
  const WIDE = 664; // pixels; the same bound as in book.css and in equityguide.charts

  function say(figure, text) {
    let status = part(figure, "status");
    if (!status) {
      status = document.createElement("p");
      status.className = "eg-status eg-hidden";
      status.setAttribute("role", "status");
      figure.append(status);
    }
    status.textContent = text;
  }

  async function draw(figure) {
    const { specs, datasets } = payload(figure);
    const shape = width(figure);
    const spec = { ...specs[shape], datasets, description: finding(figure) };
    const controls = part(figure, "controls");
    const live = part(figure, "live");
    await load("vega.js");
    const stage = document.createElement("div");
    const inputs = document.createElement("div");
    const result = await window.equityguideVega(stage, spec, {
      actions: false, ast: true, bind: inputs, defaultStyle: false, mode: "vega-lite", renderer: "svg",
      tooltip: { disableDefaultStyle: true, theme: "custom" },
    });
    figure.egView?.finalize();
    figure.egView = result.view;
    name(inputs);
    unsay(stage);
    controls.replaceChildren(...inputs.childNodes);
    live.replaceChildren(stage);
    live.hidden = false;
    part(figure, "drawing").hidden = true;
    figure.dataset.shape = shape;
    figure.dataset.state = "live";
  }

  /* A layer without marks would be a picture without a name to a screen reader. */
  function unsay(stage) {
    for (const empty of stage.querySelectorAll("g[role='graphics-symbol']:empty, g[role='graphics-object']:empty")) {
      empty.setAttribute("aria-hidden", "true");
      empty.removeAttribute("role");
      empty.removeAttribute("aria-roledescription");
    }
  }

  /* Vega's radio buttons come without a group and its inputs without a tie to their label. */
  function name(inputs) {
    for (const bind of inputs.querySelectorAll(".vega-bind")) {
      const title = bind.querySelector(".vega-bind-name");
      if (bind.querySelector("input[type=radio]")) {
        bind.setAttribute("role", "radiogroup");
        bind.setAttribute("aria-label", title.textContent);
      }
    }
  }

  async function enliven(figure) {
    if (figure.dataset.state === "live" || figure.dataset.loading) return;
    figure.dataset.loading = "yes";
    try {
      await draw(figure);
      part(figure, "go")?.remove();
    } catch (error) {
      say(figure, "The interactive chart could not start. The drawing and the table show the same numbers.");
      console.warn("figure", figure.id, error);
    } finally {
      delete figure.dataset.loading;
    }
  }

  function offer(figure) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "eg-button eg-go";
    button.textContent = "Make this chart interactive";
    button.addEventListener("click", async () => {
      await enliven(figure);
      if (figure.dataset.state === "live") {
        say(figure, "The chart is interactive now.");
        part(figure, "numbers").querySelector("summary").focus();
      }
    });
    part(figure, "source").after(button);
  }

  function offerTree(figure) {
    const box = part(figure, "tree");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "eg-button";
    button.textContent = "Walk through the values with arrow keys";
    button.addEventListener("click", async () => {
      try {
        await load("tree.js");
        const tree = window.equityguideTree(finding(figure), payload(figure));
        box.replaceChildren(tree);
        tree.querySelector("[role=treeitem]").focus();
      } catch (error) {
        say(figure, "The list of values could not start. The table above shows the same numbers.");
        console.warn("figure", figure.id, error);
      }
    });
    box.append(button);
  }

  const figures = [...document.querySelectorAll(".eg-figure")];
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) { seen.unobserve(entry.target); enliven(entry.target); }
    }
  });
  for (const figure of figures) {
    offerTree(figure);
    if ("controls" in figure.dataset) seen.observe(figure);
    else offer(figure);
  }
  let timer;
  addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const figure of figures) {
        if (figure.dataset.state === "live" && figure.dataset.shape !== width(figure)) draw(figure);
      }
    }, 200);
  });
})();
