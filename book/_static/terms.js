// A glossary term shows its meaning on hover, focus and first touch. Escape closes it; the pointer may move onto it.
(function () {
  "use strict";
  const box = document.createElement("div");
  box.className = "eg-preview";
  box.hidden = true;
  let owner = null;
  let leaving = 0;

  function place() {
    const link = owner.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    box.style.left = `${Math.max(8, Math.min(link.left, room - box.offsetWidth - 8)) + window.scrollX}px`;
    const below = link.bottom + box.offsetHeight + 8 < window.innerHeight;
    box.style.top = `${(below ? link.bottom + 4 : link.top - box.offsetHeight - 4) + window.scrollY}px`;
  }

  function show(link) {
    clearTimeout(leaving);
    if (owner === link) return;
    owner = link;
    box.textContent = document.getElementById(link.getAttribute("aria-describedby")).textContent;
    box.hidden = false;
    place();
  }

  function hide() {
    clearTimeout(leaving);
    owner = null;
    box.hidden = true;
  }

  function hideSoon() {
    clearTimeout(leaving);
    leaving = setTimeout(hide, 200);
  }

  function start() {
    let touched = false;
    document.body.appendChild(box);
    box.addEventListener("pointerenter", () => clearTimeout(leaving));
    box.addEventListener("pointerleave", hideSoon);
    for (const link of document.querySelectorAll('a[href*="#term-"]')) {
      const meaning = document.getElementById(`def-${link.hash.slice(1)}`);
      if (!meaning) continue;
      link.setAttribute("aria-describedby", meaning.id);
      link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(link));
      link.addEventListener("pointerleave", hideSoon);
      link.addEventListener("focus", () => show(link));
      link.addEventListener("blur", hide);
      link.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch" && owner !== link; });
      link.addEventListener("click", (event) => {
        // The first touch shows the meaning, the second follows the link.
        if (!touched) return;
        touched = false;
        event.preventDefault();
        show(link);
      });
    }
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    document.addEventListener("pointerdown", (event) => {
      if (owner && event.target !== owner && !owner.contains(event.target) && event.target !== box) hide();
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
