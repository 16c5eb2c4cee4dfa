// Session mode: a guide's plan in large type, one block at a time, with a timer. Keyboard: arrows, space, h for a hard moment.
// State lives in sessionStorage until the session ends; a second window for the host's notes hears of it by messages
// and checks who sent them. Timers count from wall-clock times, so that a reload or a closed lid loses nothing.
(function () {
  "use strict";
  const holder = document.querySelector(".eg-session");
  if (!holder) return;
  const plan = JSON.parse(document.querySelector(".eg-session-plan").textContent);
  const KEY = `eg-session:${location.pathname}`;
  const HOST = "#host";
  let state = null;
  let notes = null;
  let root = null;
  let ticking = 0;

  const node = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const list = (items, tag) => {
    const made = node(tag || "ul");
    for (const item of items) made.append(node("li", "", item));
    return made;
  };
  const button = (label, run, key, name) => {
    const made = node("button", "eg-button", label);
    made.type = "button";
    if (name) made.setAttribute("aria-label", name);
    if (key) made.setAttribute("aria-keyshortcuts", key);
    made.addEventListener("click", run);
    return made;
  };
  const blocks = () => plan.blocks.filter((block) => block.minutes[state.form] > 0);

  function keep() {
    try {
      if (state) sessionStorage.setItem(KEY, JSON.stringify(state));
      else sessionStorage.removeItem(KEY);
    } catch { /* storage may be switched off: the session then lives as long as the page */ }
    if (notes && !notes.closed) notes.postMessage({ eg: KEY, state }, "*");
  }

  function kept() {
    try {
      const found = JSON.parse(sessionStorage.getItem(KEY));
      return found && plan.blocks[0].minutes[found.form] ? found : null;
    } catch { return null; }
  }

  // A 30-minute form may leave a figure out, and says something else then.
  const isShort = (block, form) => form === "30" && block.say_short;
  const says = (block, form) => (isShort(block, form) ? block.say_short : block.say);

  const spent = () => state.spent + (state.since ? Date.now() - state.since : 0);

  function clock() {
    const left = Math.round((blocks()[state.at].minutes[state.form] * 60000 - spent()) / 1000);
    const size = Math.abs(left);
    return `${left < 0 ? "over by " : ""}${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")}`;
  }

  function pause() {
    if (state.since) { state.spent = spent(); state.since = 0; } else state.since = Date.now();
    keep();
    controls();
  }

  function go(step) {
    const next = state.at + step;
    if (next < 0 || next >= blocks().length) return;
    Object.assign(state, { at: next, spent: 0, since: state.since ? Date.now() : 0 });
    keep();
    draw();
    root.querySelector("h2").focus();
  }

  function end() {
    state = null;
    keep();
    clearInterval(ticking);
    if (notes && !notes.closed) notes.close();
    root.close();
    root.remove();
    root = null;
    label();
    start.focus();
  }

  function question(ask) {
    const [first, second, redirect] = plan.help[ask];
    return fold(ask, list([first, second]), node("p", "", `Way back. ${redirect}`));
  }

  const fold = (title, ...inside) => {
    const made = node("details");
    made.append(node("summary", "", title), ...inside);
    return made;
  };

  function saying(one) {
    const made = fold(one.hear, node("p", "", `Say first: “${one.first}”`), node("p", "", `Then ask: “${one.ask}”`));
    if (one.then) made.append(node("p", "", "After that:"), list(one.then));
    return made;
  }

  function activity(one) {
    const made = [node("h3", "", one.title), list(one.steps, "ol")];
    if (one.cards.length) made.push(fold("The cards", list(one.cards)));
    made.push(node("p", "eg-session-note", one.note));
    return made;
  }

  // What a form changes stands first: the steps below it are those of the hour.
  const change = (block) => (block.changes[state.form] ? [node("p", "", `In ${state.form} minutes: ${block.changes[state.form]}`)] : []);

  const spare = (block) => {
    if (!block.spare.length) return [];
    return state.form === "90" ? block.spare.map(question) : [fold("More questions, if there is time", ...block.spare.map(question))];
  };

  function figure({ figure: name, waits }) {
    const drawn = document.querySelector(`.eg-session-figure[data-figure="${name}"]`);
    if (!drawn) return [];
    const copy = drawn.cloneNode(true);
    copy.querySelector("img").loading = "eager";
    for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
    // What needs a warning, or a guess first, is opened by a press of its own.
    return waits ? [fold("Show the chart", copy)] : [copy];
  }

  function draw() {
    const all = blocks();
    const block = all[state.at];
    const body = root.querySelector(".eg-session-body");
    const begins = all.slice(0, state.at).reduce((sum, one) => sum + one.minutes[state.form], 0);
    const heading = node("h2", "", block.title);
    heading.tabIndex = -1;
    const say = node("blockquote", "", says(block, state.form));
    const shown = isShort(block, state.form) ? [] : figure(block);
    const hard = fold("Words for a hard moment", ...plan.hand.map(saying));
    hard.classList.add("eg-session-hard");
    body.replaceChildren(
      node("p", "eg-session-place", `Step ${state.at + 1} of ${all.length} · minute ${begins} to ${begins + block.minutes[state.form]} · ${block.who}`),
      heading, say, ...change(block), ...shown, list(block.do),
      ...(block.lines.length ? [list(block.lines)] : []), ...block.activities.flatMap(activity),
      ...block.questions.map(question), ...spare(block),
      hard,
    );
    root.querySelector(".eg-session-said").textContent = `Step ${state.at + 1}: ${block.title}`;
    controls();
  }

  // Apart from the block: drawing that anew would take the focus off its heading.
  function controls() {
    root.querySelector(".eg-session-pause").textContent = state.since ? "Pause the timer" : "Run the timer";
    root.querySelector(".eg-session-back").disabled = state.at === 0;
    root.querySelector(".eg-session-next").disabled = state.at === blocks().length - 1;
    tick();
  }

  function tick() {
    if (root) root.querySelector(".eg-session-clock").textContent = clock();
  }

  // The first ten seconds count: the words are one key away in every step.
  function hardMoment() {
    const words = root.querySelector(".eg-session-hard");
    words.open = true;
    words.querySelector("details").open = true;
    words.querySelector("summary").focus({ preventScroll: true });
    // Below the bar, which stays on top and is higher on a phone.
    root.scrollBy(0, words.getBoundingClientRect().top - root.querySelector(".eg-session-bar").offsetHeight);
  }

  function openNotes() {
    notes = window.open(location.href.split("#")[0] + HOST, "eg-session-notes");
    if (!notes) root.querySelector(".eg-session-said").textContent = "The browser kept the second window closed. Allow pop-ups for this page.";
  }

  function open(form) {
    const before = kept();
    state = before && before.form === form ? before : { form, at: 0, spent: 0, since: Date.now() };
    root = node("dialog", "eg-session-screen");
    root.setAttribute("aria-label", `Session: ${plan.title}`);
    const bar = node("div", "eg-session-bar");
    const back = button("Back", () => go(-1), "ArrowLeft");
    const next = button("Next", () => go(1), "ArrowRight");
    const hold = button("Pause the timer", pause, "Space");
    back.classList.add("eg-session-back");
    next.classList.add("eg-session-next");
    hold.classList.add("eg-session-pause");
    const time = node("span", "eg-session-clock");
    time.setAttribute("role", "timer");
    time.setAttribute("aria-live", "off");
    const said = node("p", "eg-hidden eg-session-said");
    said.setAttribute("aria-live", "polite");
    bar.append(back, next, hold, time, button("Hard moment", hardMoment, "h"),
      button("Host's notes", openNotes, "", "Host's notes in a second window"), button("End", end, "", "End the session"));
    root.append(bar, node("div", "eg-session-body"), said);
    root.addEventListener("cancel", (event) => event.preventDefault());
    root.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight" || event.key === "PageDown") go(1);
      else if (event.key === "ArrowLeft" || event.key === "PageUp") go(-1);
      else if (event.key === "h" && !event.ctrlKey && !event.metaKey && !event.altKey) hardMoment();
      else if (event.key === " " && !event.target.closest("button, summary, a")) pause();
      else return;
      event.preventDefault();
    });
    document.body.append(root);
    root.showModal();
    keep();
    draw();
    root.querySelector("h2").focus();
    ticking = setInterval(tick, 1000);
  }

  function hostSide() {
    const body = node("main", "eg-session-notes");
    document.body.replaceChildren(body);
    document.title = `Host's notes: ${plan.title}`;
    const draw = (shown) => {
      if (!shown) { body.replaceChildren(node("p", "", "Waiting for the session in the other window.")); return; }
      const all = plan.blocks.filter((block) => block.minutes[shown.form] > 0);
      const block = all[shown.at];
      const next = all[shown.at + 1];
      body.replaceChildren(
        node("h1", "", block.title), node("blockquote", "", says(block, shown.form)), list(block.do),
        ...block.questions.map(question),
        node("p", "", next ? `Next: ${next.title}, ${next.minutes[shown.form]} minutes.` : "This is the last step."),
        node("h2", "", "What people may say"),
        ...plan.sayings.map(saying),
        node("h2", "", "What keeps people safe"), list(plan.safety),
        fold("Answers for you", list(plan.answers)), fold("What to have ready", list(plan.needs)),
        ...(plan.instead.length ? [fold("In place of these steps", ...plan.instead.flatMap(activity))] : []),
      );
    };
    draw(null);
    window.addEventListener("message", (event) => {
      if (event.source === window.opener && event.data && event.data.eg === KEY) draw(event.data.state);
    });
    window.opener.postMessage({ eg: KEY, ready: true }, "*");
  }

  if (location.hash === HOST && window.opener) { hostSide(); return; }
  window.addEventListener("message", (event) => {
    if (notes && event.source === notes && event.data && event.data.eg === KEY && event.data.ready) keep();
  });
  holder.hidden = false;
  const start = holder.querySelector(".eg-session-start");
  const choice = holder.querySelector(".eg-session-form");
  const label = () => { start.textContent = kept()?.form === choice.value ? "Go on with the session" : "Start session mode"; };
  start.addEventListener("click", () => open(choice.value));
  choice.addEventListener("change", label);
  const before = kept();
  if (before) choice.value = before.form;
  label();
})();
