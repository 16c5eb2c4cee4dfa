// The page before a worksheet: says who can see what, loads Python with a line that tells how much is left, starts the
// worksheet, and clears what was typed. Written for old browsers too, so that they can be told what is missing.
(function () {
  "use strict";
  var about = JSON.parse(document.getElementById("equityguide-lite").textContent);
  var stem = new URLSearchParams(location.search).get("worksheet");
  var sheet = about.worksheets.filter(function (one) { return one.stem === stem; })[0];
  var line = document.getElementById("line");
  var bar = document.getElementById("bar");
  var start = document.getElementById("start");
  var root = new URL("./", location.href);

  function say(text) { line.textContent = text; }
  function fail(text) {
    document.body.dataset.state = "failed";
    start.hidden = bar.hidden = true;
    document.getElementById("failure").hidden = false;
    document.getElementById("why").textContent = text;
    say("");
  }
  function megabytes(bytes) { return (bytes / 1e6).toFixed(1); }

  function hindrance() {
    if (location.protocol === "file:")
      return "You opened this page from a folder. A browser runs a worksheet only from a web address.";
    if (!window.isSecureContext)
      return "This address does not start with https. Browsers run worksheets only over https. Ask the people who host this site.";
    if (!window.WebAssembly || !window.BroadcastChannel || !window.caches || !navigator.serviceWorker ||
        !window.ReadableStream || !("noModule" in HTMLScriptElement.prototype))
      return "This browser is too old, or in a private window that keeps nothing. Use a current Edge, Chrome, Firefox or Safari.";
    return "";
  }

  // --- what was typed ---

  function remove(name) {
    return new Promise(function (done, no) {
      var asked = indexedDB.deleteDatabase(name);
      asked.onsuccess = function () { done(); };
      asked.onerror = function () { no(new Error(name)); };
      asked.onblocked = function () { no(new Error("open")); };
    });
  }
  function clear() {
    for (var key in localStorage) if (key.indexOf("equityguide:") === 0) localStorage.removeItem(key);
    return Promise.all(about.storage.map(remove)).then(function () {
      document.getElementById("cleared").textContent =
        "Cleared. This browser holds nothing that you typed in a worksheet. Files you downloaded are still in your downloads.";
    }, function () {
      document.getElementById("cleared").textContent =
        "Not cleared yet: another tab has a worksheet open. Close it, then press the button again.";
    });
  }
  document.getElementById("clear").addEventListener("click", clear);

  function offer(name, content) {
    var link = document.createElement("a");
    var text = typeof content === "string" ? content : JSON.stringify(content);
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
  }
  // A worksheet that a reader saved from an older edition must not stand in for the new one: it moves aside, where only
  // the button that clears finds it, and is the reader's as a download. Gives its name, or nothing where there is none.
  function setAside() {
    var key = "equityguide:edition:" + sheet.stem;
    var before = localStorage.getItem(key);
    localStorage.setItem(key, sheet.edition);
    if (before === null || before === sheet.edition || !indexedDB.databases) return Promise.resolve();
    return indexedDB.databases().then(function (known) {
      if (!known.some(function (one) { return one.name === about.storage[0]; })) return;
      return new Promise(function (done) {
        var asked = indexedDB.open(about.storage[0]);
        asked.onerror = function () { done(); };
        asked.onsuccess = function () {
          var database = asked.result;
          var aside;
          function end() { database.close(); done(aside); }
          if (!database.objectStoreNames.contains("files")) return end();
          var change = database.transaction("files", "readwrite");
          var files = change.objectStore("files");
          change.oncomplete = change.onerror = end;
          files.get(sheet.stem + ".ipynb").onsuccess = function (event) {
            var old = event.target.result;
            if (!old) return;
            aside = old.name = old.path = sheet.stem + " (earlier edition).ipynb";
            offer(aside, old.content);
            files.put(old, old.path);
            files.delete(sheet.stem + ".ipynb");
          };
        };
      });
    });
  }

  // --- loading ---

  function worker() {
    // The address that JupyterLite itself asks for, and the note it leaves: or it would register another.
    var address = new URL("service-worker.js?enableCache=false", root).href;
    localStorage.setItem(address + "-version", about.version);
    return navigator.serviceWorker.register(address).then(function () {
      return navigator.serviceWorker.ready;
    }).then(function () {
      if (navigator.serviceWorker.controller) return;
      return new Promise(function (done) {
        navigator.serviceWorker.addEventListener("controllerchange", function () { done(); });
      });
    });
  }

  function told(path) { return path.split("/").pop(); }

  function wrongType(path, type) {
    if (/\.mjs$/.test(path) && !/javascript/.test(type)) return "text/javascript";
    if (/\.wasm$/.test(path) && !/application\/wasm/.test(type)) return "application/wasm";
    return "";
  }

  function load(part, more) {
    return fetch(new URL(part.path, root)).then(function (answer) {
      if (!answer.ok)
        throw new Error("This site or your network holds back the file " + told(part.path) + " (answer " +
          answer.status + "). Files of this kind may be blocked. The page For hospital IT says what to allow.");
      var type = wrongType(part.path, answer.headers.get("Content-Type") || "");
      if (type)
        throw new Error("The server sends " + told(part.path) + " as the wrong kind of file. It must send " + type +
          ". The page For hospital IT says how.");
      var reader = answer.body.getReader();
      function next() {
        return reader.read().then(function (read) {
          if (read.done) return;
          more(read.value.length);
          return next();
        });
      }
      return next();
    }, function () {
      throw new Error("The file " + told(part.path) + " did not arrive. Check the network, then load this page again.");
    });
  }

  // What an earlier visit has left in this browser is not read again here: that would take seconds for nothing.
  function missing() {
    return caches.open(about.store).then(function (store) { return store.keys(); }).then(function (kept) {
      var here = kept.map(function (request) { return request.url; });
      return about.parts.filter(function (part) { return here.indexOf(new URL(part.path, root).href) < 0; });
    });
  }

  function everything(waiting) {
    function sum(parts) { return parts.reduce(function (all, part) { return all + part.size; }, 0); }
    var all = sum(about.parts);
    var here = all - sum(waiting);
    bar.max = all;
    function more(bytes) {
      here += bytes;
      bar.value = here;
    }
    function one() {
      var part = waiting.shift();
      if (!part) return Promise.resolve();
      say("Loading " + part.what + ": " + megabytes(here) + " of " + megabytes(all) + " MB are here, " +
        megabytes(Math.max(0, all - here)) + " MB are left.");
      return load(part, more).then(one);
    }
    // A few at a time; the largest first, as the list has them.
    return Promise.all([one(), one(), one(), one()]);
  }

  function open() {
    start.disabled = true;
    say("Opening the worksheet …");
    setAside().then(function (aside) {
      if (aside) {
        start.disabled = false;
        return say("This worksheet has changed since you saved it. The one you saved is now in your downloads: " + aside +
          ". Press Start again to open the new one.");
      }
      location.href = new URL("notebooks/index.html?path=" + encodeURIComponent(sheet.stem + ".ipynb"), root).href;
    });
  }

  if (!sheet) return;
  document.body.dataset.state = "loading";
  document.getElementById("choose").hidden = true;
  document.getElementById("sheet").hidden = false;
  document.title = sheet.title + " · In the browser";
  document.getElementById("title").textContent = sheet.title;
  Array.prototype.forEach.call(document.querySelectorAll("a.download"), function (link) {
    link.href = "../exercises/" + sheet.stem + ".ipynb";
    link.download = sheet.stem + ".ipynb";
  });
  Array.prototype.forEach.call(document.querySelectorAll("[data-private]"), function (told) {
    told.hidden = told.dataset.private !== String(sheet.private);
  });
  document.getElementById("back").href = "../exercises/" + sheet.stem + ".html";

  var hindered = hindrance();
  if (hindered) return fail(hindered);
  var wiped = Promise.resolve();
  if (new URLSearchParams(location.search).has("clear")) {
    // Asked for on the worksheet's own page. Not a second time when this page is loaded again.
    history.replaceState(null, "", "index.html?worksheet=" + encodeURIComponent(sheet.stem));
    wiped = clear().then(function () { document.getElementById("cleared").scrollIntoView({ block: "center" }); });
  }
  wiped.then(worker).then(missing).then(everything).then(function () {
    document.body.dataset.state = "loaded";
    bar.hidden = true;
    start.disabled = false;
    say("Everything is here. Press Start.");
  }).catch(function (error) { fail(String(error.message || error)); });
  start.addEventListener("click", open);
})();
