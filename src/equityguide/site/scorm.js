/* One chapter in a learning system, by SCORM 1.2: the page says that it was opened, and, when the reader presses the
   button, that it was read. It asks for no name and gives no score, no answers and no time. */
(() => {
  "use strict";
  const FARTHEST = 50; // frames or windows to look through for the learning system

  function above(start) {
    let at = start;
    for (let step = 0; at && step < FARTHEST; step += 1) {
      try {
        if (at.API) return at.API;
      } catch { return null; } // a frame of another host: its inside is closed to us
      if (at.parent === at) return null;
      at = at.parent;
    }
    return null;
  }

  function system() {
    return above(window) || (window.opener ? above(window.opener) : null);
  }

  function start() {
    const button = document.querySelector(".eg-scorm button");
    const status = document.querySelector(".eg-scorm [role=status]");
    const say = (text) => { status.textContent = text; };
    const api = system();
    let open = false;
    const call = (name, ...values) => {
      try {
        return String(api[name](...values));
      } catch {
        return "false";
      }
    };
    const finish = () => {
      if (open) call("LMSFinish", "");
      open = false;
    };
    if (!api || call("LMSInitialize", "") !== "true") {
      say("This page found no learning system, so nothing can be recorded. You can read it all the same.");
      return;
    }
    open = true;
    if (["completed", "passed"].includes(call("LMSGetValue", "cmi.core.lesson_status"))) {
      say("Your learning system has already recorded that you read this.");
    } else {
      call("LMSSetValue", "cmi.core.lesson_status", "incomplete");
      call("LMSCommit", "");
      button.hidden = false;
      say("");
    }
    button.addEventListener("click", () => {
      const taken = call("LMSSetValue", "cmi.core.lesson_status", "completed") === "true" && call("LMSCommit", "") === "true";
      if (!taken) {
        say("Your learning system did not take the note. Try once more, or tell the person who assigned this.");
        return;
      }
      finish();
      button.hidden = true;
      say("Recorded: you have read this. You can close the page.");
    });
    window.addEventListener("pagehide", finish);
  }

  document.addEventListener("DOMContentLoaded", start);
})();
