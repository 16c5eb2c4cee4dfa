/* Runs before the first paint: the reader's light or dark choice, and a mark that scripts are on.
   It stands in a file because the page's policy forbids inline scripts. */
(() => {
  "use strict";
  const page = document.documentElement;
  let mode = "", theme = "";
  try {
    mode = localStorage.getItem("mode") || "";
    theme = localStorage.getItem("theme") || "";
  } catch { /* storage may be switched off; the system's preference then decides */ }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  page.dataset.mode = mode || "auto";
  page.dataset.theme = mode && mode !== "auto" && theme ? theme : dark ? "dark" : "light";
  page.classList.add("js");
  window.DOCUMENTATION_OPTIONS = window.DOCUMENTATION_OPTIONS || {};
  // The theme asks Bootstrap for tooltips and for nothing else; the buttons have names and titles of their own, so
  // 23 KB of it are not loaded for them.
  window.bootstrap = { Tooltip: class { dispose() {} hide() {} show() {} } };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-eg-print]")) window.print();
  });
})();
