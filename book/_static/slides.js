/* Slides by keyboard: arrows, Page Up and Page Down turn them, Home and End lead to the first and last. The address
   keeps the place, so that a reload stays there. */
(() => {
  "use strict";
  const slides = [...document.querySelectorAll(".eg-slide")];
  const NEAR = 2; // pixels: a slide that stands at the top may be off by a fraction
  const READ = 0.85; // of the window's height: the last line stays in sight
  const top = (slide) => slide.getBoundingClientRect().top;

  // Full screen, or another window: the slide that stood at the top stays there.
  let aligned = null;
  window.addEventListener("scroll", () => { aligned = slides.find((slide) => Math.abs(top(slide)) <= NEAR); });
  window.addEventListener("resize", () => aligned?.scrollIntoView());

  function show(slide) {
    location.replace(`#${slide.id}`);
    slide.focus({ preventScroll: true });
  }

  // On a phone, or enlarged, a slide may be taller than the window: a page key first reads on in it. At once, since a
  // scroll that is still under way would carry the next slide past the top.
  function reads(down) {
    const slide = slides.findLast((one) => top(one) <= NEAR);
    if (!slide) return false;
    const { top: start, bottom, height } = slide.getBoundingClientRect();
    if (height <= innerHeight + NEAR) return false;
    if (down ? bottom <= innerHeight + NEAR : start >= -NEAR) return false;
    scrollBy({ top: (down ? READ : -READ) * innerHeight, behavior: "instant" });
    return true;
  }

  const ahead = () => slides.find((slide) => top(slide) > NEAR);
  const behind = () => slides.findLast((slide) => top(slide) < -NEAR);
  const HERE = "here"; // the key has done its work
  const turns = {
    ArrowRight: ahead,
    PageDown: () => (reads(true) ? HERE : ahead()),
    ArrowLeft: behind,
    PageUp: () => (reads(false) ? HERE : behind()),
    Home: () => slides[0],
    End: () => slides.at(-1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !turns[event.key]) return;
    const slide = turns[event.key]();
    if (!slide) return;
    event.preventDefault();
    if (slide !== HERE) show(slide);
  });

  // The stylesheet opens them too, but not in every browser.
  document.querySelector("#eg-notes").addEventListener("change", (event) => {
    for (const notes of document.querySelectorAll(".eg-slide-notes")) notes.open = event.target.checked;
  });
})();
