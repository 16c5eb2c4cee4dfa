// "Run in the browser" on a page opened from a folder: says why that cannot be, where a browser would only show an error.
(function () {
  if (location.protocol !== "file:") return;
  document.querySelectorAll("a.eg-run").forEach(function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      var status = document.querySelector(".eg-run-status");
      status.textContent = status.dataset.why;
      var download = document.querySelector("a.eg-download[href$='.ipynb']");
      if (download) download.focus();
    });
  });
})();
