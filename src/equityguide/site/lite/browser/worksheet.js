// In the notebook's own page: starts the worksheet by itself, says how far it is, hands files over to the reader,
// and leads to "Clear what I typed".
(function () {
  "use strict";
  const stem = (new URLSearchParams(location.search).get("path") || "").replace(/\.ipynb$/, "");
  // A private worksheet keeps nothing: there is nothing to put back, and it promises no journal.
  const secret = document.currentScript.dataset.private.split(" ").includes(stem);
  const late = 120000; // ms without a first answer of Python, after which it is said that something is wrong

  // --- the bar ---

  const bar = document.createElement("div");
  bar.id = "eg-bar";
  bar.setAttribute("role", "region");
  bar.setAttribute("aria-label", "Worksheet in the browser");
  const line = document.createElement("span");
  line.id = "eg-line";
  line.setAttribute("role", "status");
  const again = button("Put back a saved journal", () => chooser.click());
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.accept = ".json";
  chooser.hidden = true;
  chooser.addEventListener("change", putBack);
  const clear = button("Clear what I typed", () => {
    if (confirm("Delete everything that you typed in any worksheet in this browser? Files in your downloads stay."))
      location.href = `../index.html?worksheet=${encodeURIComponent(stem)}&clear=1`;
  });
  const download = document.createElement("a");
  download.href = `../../exercises/${stem}.ipynb`;
  download.download = `${stem}.ipynb`;
  download.textContent = "Download the worksheet instead";
  download.hidden = true;
  const back = document.createElement("a");
  back.href = `../../exercises/${stem}.html`;
  back.textContent = "Back to the book";
  again.hidden = secret;
  bar.append(line, download, again, chooser, clear, back);

  function button(text, run) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", run);
    return made;
  }
  function say(text, state) {
    if (line.textContent !== text) line.textContent = text;
    if (state) document.body.dataset.worksheet = state;
  }
  function fail(text) {
    if (document.body.dataset.worksheet === "ready") return;
    say(text, "failed");
    download.hidden = false;
  }
  // JupyterLab fills the window and goes by its size: it is told when the bar takes more or less of it.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--eg-bar", `${bar.offsetHeight}px`);
    window.dispatchEvent(new Event("resize"));
  }).observe(bar);
  document.body.prepend(bar);
  say("Opening the worksheet …", "opening");

  // --- Python, and its files ---

  // JupyterLab makes a worker for Python once all of its own scripts are here. It gets one that has been at work since
  // this page began, if it asks for the same script.
  const Stock = window.Worker;
  let early = crossOriginIsolated ? null : new Stock(`../${document.currentScript.dataset.kernel}`, { type: "module" });
  if (early) listen(early);
  window.Worker = class extends Stock {
    constructor(address, options) {
      if (early && /\/comlink\.worker\.[^/]*$/.test(String(address))) {
        const begun = early;
        early = null;
        return begun;
      }
      super(address, options);
      listen(this);
    }
  };
  // Python runs in a worker and has no page to offer a download in: it sends the file here.
  function listen(worker) {
    worker.addEventListener("message", (event) => {
      const file = event.data && event.data.equityguideFile;
      if (file) offer(file);
    });
    worker.addEventListener("error", (event) =>
      fail(`Python could not start (${event.message || "its program was blocked"}).`));
  }
  function offer(file) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.content], { type: "application/octet-stream" }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }
  // The saved journal has only this one place: a file that is none would take it.
  function isJournal(text) {
    try {
      const found = JSON.parse(text);
      return found.format === "equityguide-journal" && found.worksheet === stem && found.answers instanceof Object;
    } catch {
      return false;
    }
  }
  async function putBack() {
    const file = chooser.files[0];
    chooser.value = "";
    if (!file || !window.jupyterapp) return;
    const name = `${stem}.journal.json`;
    const content = await file.text();
    if (!isJournal(content)) return say(`${file.name} is not a journal of this worksheet. Nothing was changed.`);
    await window.jupyterapp.serviceManager.contents.save(name, {
      type: "file", format: "text", name, path: name, content,
    });
    say("Your file is here. Press “Load my answers” at the end of the worksheet.");
  }

  // --- keys ---

  // To JupyterLab a letter typed outside of a program is a command: x takes a cell away, arrows go to the next one. In
  // a menu they are to choose, and a slip of the hand must not cost a part of the worksheet. First of all listeners.
  window.addEventListener("keydown", (event) => {
    const at = event.target instanceof Element ? event.target : document.body;
    if (event.ctrlKey || event.metaKey || event.altKey || at.closest(".jp-InputArea-editor")) return;
    if (at.closest(".jp-OutputArea") || (at.closest(".jp-Notebook") && event.key.length === 1))
      event.stopImmediatePropagation();
  }, true);

  // --- charts ---

  // Drawn by the very bundle that draws them in the book; the notebook's own Vega-Lite is a version behind. The
  // specification comes as text: as an object it would lose each null on its way out of Python, without a word.
  const bundle = new URL(document.currentScript.dataset.vega, document.currentScript.src).href;
  function ours() {
    return new Promise((done, no) => {
      const script = document.createElement("script");
      script.src = bundle;
      script.onload = done;
      script.onerror = () => no(new Error("the chart library did not arrive"));
      document.head.append(script);
    });
  }
  function drawWith(panel) {
    let Widget = panel.constructor;
    while (Object.getPrototypeOf(Widget).prototype) Widget = Object.getPrototypeOf(Widget);
    class Chart extends Widget {
      async renderModel(model) {
        const sent = model.data["application/vnd.vegalite.v5+json"];
        const spec = typeof sent === "string" ? JSON.parse(sent) : sent;
        await window.equityguideVega(this.node, spec, { actions: false, mode: "vega-lite", renderer: "svg" });
      }
    }
    const mimeTypes = ["application/vnd.vegalite.v5+json"];
    panel.content.rendermime.addFactory({ safe: true, mimeTypes, createRenderer: () => new Chart() }, 0);
  }

  // --- starting ---

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  async function until(find) {
    for (;;) {
      const found = find();
      if (found) return found;
      await pause(100);
    }
  }
  async function run() {
    const app = await until(() => window.jupyterapp);
    const panel = await until(() => app.shell.currentWidget && app.shell.currentWidget.context && app.shell.currentWidget);
    await panel.context.ready;
    await panel.sessionContext.ready;
    await ours();
    drawWith(panel);
    const book = panel.content;
    say("Starting Python. This takes some seconds …", "starting");
    const began = Date.now();
    let done = false;
    app.commands.execute("notebook:run-all-cells").finally(() => { done = true; });
    book.activeCellIndex = 0;
    while (!done) {
      const code = book.widgets.filter((cell) => cell.model.type === "code");
      const ran = code.filter((cell) => cell.model.executionCount).length;
      if (ran) say(`Setting up the worksheet: step ${ran} of ${code.length} …`, "running");
      else if (Date.now() - began > late) fail("Python has not answered for two minutes. It may be blocked here.");
      await pause(200);
    }
    const code = book.widgets.filter((cell) => cell.model.type === "code");
    const failed = code.some((cell) => cell.model.outputs && [...Array(cell.model.outputs.length).keys()]
      .some((at) => cell.model.outputs.get(at).type === "error"));
    if (failed || code.some((cell) => !cell.model.executionCount))
      return fail("A step of the set-up failed. The message stands below, where it happened.");
    book.activeCellIndex = 0;
    book.scrollToItem(0).catch(() => {});
    say(`Ready. Nothing you type is sent${secret ? " or kept." : ". This browser keeps what you save."}`, "ready");
  }
  window.addEventListener("unhandledrejection", (event) => {
    if (document.body.dataset.worksheet === "starting") fail(`Python could not start (${event.reason}).`);
  });
  run().catch((error) => fail(`The worksheet could not start (${error.message || error}).`));
})();
