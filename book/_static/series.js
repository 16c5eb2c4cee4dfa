/* A calendar file (RFC 5545) of a series, made here and sent nowhere. Times are local ones without a zone: a start at
   noon stays at noon when the clocks change. Days are counted in UTC, where every day has 24 hours. */
(() => {
  "use strict";
  const form = document.querySelector(".eg-series");
  const plan = JSON.parse(document.querySelector(".eg-series-plan").textContent);
  const said = form.querySelector(".eg-series-said");
  const dates = form.querySelector(".eg-series-dates");
  const field = (name) => form.elements[name];
  const DAY = 86400000;
  const YEARS = 2;
  const [SHORT, LONG] = [15, 240]; // minutes
  const WIDTH = 75; // octets a line

  const two = (number) => String(number).padStart(2, "0");
  const day = (time) => new Date(time).toISOString().slice(0, 10).replaceAll("-", "");
  const local = (time) => `${day(time)}T${new Date(time).toISOString().slice(11, 19).replaceAll(":", "")}`;
  const spoken = (time) => new Date(time).toLocaleDateString("en-US", { weekday: "long", year: "numeric", month: "long", day: "numeric", timeZone: "UTC" });
  const plain = (text) => text.replace(/[^\P{Cc}\n]/gu, " ");
  const escaped = (text) => plain(text).replace(/[\\;,]/g, "\\$&").replaceAll("\n", "\\n");

  function today() {
    const now = new Date();
    return Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  }

  function folded(line) {
    const size = (character) => new TextEncoder().encode(character).length;
    let lines = "";
    let used = 0;
    for (const character of line) {
      if (used + size(character) > WIDTH) {
        lines += "\r\n ";
        used = 1;
      }
      lines += character;
      used += size(character);
    }
    return lines;
  }

  function identity() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return `${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}@closing-the-gap`;
  }

  function entry(times, summary, lines) {
    const now = new Date();
    return ["BEGIN:VEVENT", `UID:${identity()}`, `DTSTAMP:${local(now - now % 1000)}Z`, ...times,
      `SUMMARY:${escaped(summary)}`, `DESCRIPTION:${escaped(lines.join("\n"))}`, "END:VEVENT"];
  }

  // What is wrong, as the field and one sentence; null when all is well.
  function fault() {
    const first = Date.parse(`${field("date").value}T00:00:00Z`);
    if (Number.isNaN(first)) return ["date", "Choose the date of the first session."];
    if (first < today()) return ["date", "The date of the first session has passed. Choose a later one."];
    if (first > today() + YEARS * 366 * DAY) return ["date", `Choose a date within the next ${YEARS} years.`];
    if (!field("time").value) return ["time", "Choose the time at which the sessions start."];
    const minutes = Number(field("minutes").value);
    if (!Number.isInteger(minutes) || minutes < SHORT || minutes > LONG) {
      return ["minutes", `Write the length as a whole number of minutes, from ${SHORT} to ${LONG}.`];
    }
    return null;
  }

  function sessions() {
    const chosen = plan.programs[field("program").value];
    const [hours, minutes] = field("time").value.split(":").map(Number);
    const first = Date.parse(`${field("date").value}T${two(hours)}:${two(minutes)}:00Z`);
    const of = chosen.sessions.length;
    return chosen.sessions.map((one, at) => ({
      ...one,
      start: first + at * Number(field("weeks").value) * 7 * DAY,
      title: of > 1 ? `session ${at + 1} of ${of}: ${one.name}` : one.name,
      place: { first: at === 0, each: true, last: at === of - 1 },
    }));
  }

  function meeting(one) {
    const support = field("support").value.trim();
    const lines = [...one.about, plan.voluntary, support ? `Reports of harm and support: ${support}` : plan.support];
    // From a folder the address would tell how the reader's own disk is arranged.
    if (one.page && location.protocol !== "file:") lines.push(`The chapter: ${new URL(one.page, location.href)}`);
    const end = one.start + Number(field("minutes").value) * 60000;
    return entry([`DTSTART:${local(one.start)}`, `DTEND:${local(end)}`], `Closing the Gap, ${one.title}`, lines);
  }

  function tasks(all) {
    const listed = all.flatMap((one) => plan.days.filter((task) => one.place[task.of]).map((task) => ({ ...task, one })));
    const dated = listed.map((task) => ({ ...task, on: task.one.start - task.one.start % DAY + task.days * DAY }));
    return dated.sort((a, b) => a.on - b.on);
  }

  function task({ on, when, who, do: text, one }) {
    const times = [`DTSTART;VALUE=DATE:${day(on)}`, `DTEND;VALUE=DATE:${day(on + DAY)}`, "TRANSP:TRANSPARENT"];
    return entry(times, `Closing the Gap (${who.toLowerCase()}): ${text}`, [`${when}: ${one.title}, ${spoken(one.start)}.`]);
  }

  function save(lines) {
    const text = lines.map((line) => `${folded(line)}\r\n`).join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/calendar;charset=utf-8" }));
    link.download = `closing-the-gap-${field("program").value}.ics`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  function make(event) {
    event.preventDefault();
    for (const control of form.elements) {
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-describedby");
    }
    dates.replaceChildren();
    const found = fault();
    if (found) {
      const [name, sentence] = found;
      said.textContent = sentence;
      field(name).setAttribute("aria-invalid", "true");
      field(name).setAttribute("aria-describedby", said.id);
      field(name).focus();
      return;
    }
    const all = sessions();
    const wanted = field("tasks").checked ? tasks(all) : [];
    const ahead = wanted.filter(({ on }) => on >= today());
    save(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Closing the Gap//Series//EN", "CALSCALE:GREGORIAN",
      ...all.flatMap(meeting), ...ahead.flatMap(task), "END:VCALENDAR"]);
    const past = wanted.length - ahead.length;
    said.textContent = `The file holds ${all.length} ${all.length > 1 ? "sessions" : "session"}${ahead.length ? ` and ${ahead.length} tasks` : ""}.`
      + `${past ? ` Tasks left out because their day has passed: ${past}.` : ""} Look through the dates for holidays.`;
    for (const one of all) {
      const item = document.createElement("li");
      item.textContent = `${spoken(one.start)}, ${field("time").value}`;
      dates.append(item);
    }
  }

  // Each program has its own length and distance; one session has none.
  function choose() {
    const chosen = plan.programs[field("program").value];
    field("minutes").value = chosen.minutes;
    field("weeks").disabled = !chosen.weeks;
    if (chosen.weeks) field("weeks").value = chosen.weeks;
  }

  field("program").addEventListener("change", choose);
  form.addEventListener("submit", make);
  choose();
  document.querySelector(".eg-series-none").hidden = true;
  form.hidden = false;
})();
