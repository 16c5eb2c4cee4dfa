/* The completion note: what the reader chooses and types stands in the note at once. Nothing is kept and nothing is
   sent; with scripts off the note is a blank to print and fill in by hand. */
(() => {
  "use strict";
  const all = (name) => document.querySelectorAll(`[data-note="${name}"]`);
  const shown = (name) => document.querySelector(`[data-note-shown="${name}"]`);
  const lessons = JSON.parse(document.querySelector(".eg-paper-data").textContent);
  const blank = shown("objectives").innerHTML;

  function show() {
    const [chapter] = all("chapter");
    const lesson = chapter.value === "" ? null : lessons[Number(chapter.value)];
    shown("title").textContent = lesson ? lesson.title : "";
    shown("minutes").textContent = lesson ? lesson.minutes : "";
    for (const name of ["date", "name"]) shown(name).textContent = all(name)[0].value;
    const list = shown("objectives");
    list.innerHTML = blank;
    if (!lesson) return;
    list.replaceChildren(...lesson.objectives.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  }

  for (const name of ["chapter", "date", "name"]) for (const control of all(name)) control.addEventListener("input", show);
  show();
})();
