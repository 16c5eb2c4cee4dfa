/* The rows of a figure as a tree for keyboard and screen reader, after the WAI-ARIA tree pattern: arrows walk,
   right opens, left closes or goes up, Home and End go to the ends, a letter goes to the next item that starts
   with it. One branch a period, highest value first; a branch is filled when it is first opened. */
window.equityguideTree = (() => {
  "use strict";

  function number(value, decimals) {
    return typeof value === "number" && decimals !== null ? value.toFixed(decimals) : String(value);
  }

  function sentence(row, roles) {
    const title = (column) => roles.titles[column] || column.replaceAll("_", " ");
    const said = (column) => (row[column] === null ? "no data" : number(row[column], column === roles.value ? roles.decimals : null));
    const skip = new Set([roles.label, roles.value, roles.lower, roles.upper, roles.period]);
    const parts = [];
    if (roles.value) parts.push(`${said(roles.value)}${roles.unit && row[roles.value] !== null ? ` ${roles.unit}` : ""}`);
    if (roles.lower) parts.push(row[roles.lower] === null ? "no interval" : `${roles.level}% interval ${said(roles.lower)} to ${said(roles.upper)}`);
    for (const column of Object.keys(row)) if (!skip.has(column)) parts.push(`${title(column)} ${said(column)}`);
    return `${roles.label ? `${row[roles.label]}: ` : ""}${parts.join(", ")}`;
  }

  function item(text, level, place, size) {
    const node = document.createElement("li");
    node.setAttribute("role", "treeitem");
    node.setAttribute("aria-level", level);
    node.setAttribute("aria-posinset", place);
    node.setAttribute("aria-setsize", size);
    node.tabIndex = -1;
    const words = document.createElement("span");
    words.textContent = text;
    node.append(words);
    return node;
  }

  function leaves(rows, roles, level) {
    const ordered = roles.value ? [...rows].sort((a, b) => (b[roles.value] ?? -Infinity) - (a[roles.value] ?? -Infinity)) : rows;
    return ordered.map((row, i) => item(sentence(row, roles), level, i + 1, ordered.length));
  }

  /* Leaves stand after their branch, not inside it, so that a branch's name is its own words only; their level
     says whose they are. */
  function branch(period, rows, roles, place, size) {
    const node = item(`${period}: ${rows.length} ${roles.noun}`, 1, place, size);
    let below = [];
    node.setAttribute("aria-expanded", "false");
    node.egOpen = (open) => {
      if (open && !below.length) {
        below = leaves(rows, roles, 2);
        for (const leaf of below) leaf.egUp = node;
        node.after(...below);
      }
      for (const leaf of below) leaf.hidden = !open;
      node.setAttribute("aria-expanded", String(open));
    };
    return node;
  }

  function move(tree, to) {
    if (!to) return;
    for (const node of tree.querySelectorAll("[tabindex='0']")) node.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  function key(tree, event) {
    const here = event.target.closest("[role=treeitem]");
    const seen = [...tree.querySelectorAll("[role=treeitem]")].filter((node) => !node.hidden);
    const at = seen.indexOf(here);
    const state = here.getAttribute("aria-expanded");
    const next = [...seen.slice(at + 1), ...seen.slice(0, at)];
    const moves = {
      ArrowDown: () => move(tree, seen[at + 1]),
      ArrowUp: () => move(tree, seen[at - 1]),
      Home: () => move(tree, seen[0]),
      End: () => move(tree, seen.at(-1)),
      ArrowRight: () => (state === "false" ? here.egOpen(true) : state === "true" && move(tree, seen[at + 1])),
      ArrowLeft: () => (state === "true" ? here.egOpen(false) : move(tree, here.egUp)),
      Enter: () => state && here.egOpen(state === "false"),
      " ": () => state && here.egOpen(state === "false"),
    };
    const letter = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (letter) moves[event.key] = () => move(tree, next.find((n) => n.textContent.toLowerCase().startsWith(event.key.toLowerCase())));
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  return (name, { datasets: { rows }, roles }) => {
    const tree = document.createElement("ul");
    tree.setAttribute("role", "tree");
    tree.setAttribute("aria-label", name);
    const periods = roles.period ? [...new Set(rows.map((row) => row[roles.period]))] : [];
    tree.append(...(periods.length > 1
      ? periods.map((p, i) => branch(p, rows.filter((row) => row[roles.period] === p), roles, i + 1, periods.length))
      : leaves(rows, roles, 1)));
    tree.firstChild.tabIndex = 0;
    tree.addEventListener("keydown", (event) => key(tree, event));
    tree.addEventListener("click", (event) => {
      const node = event.target.closest("[role=treeitem]");
      if (!node) return;
      move(tree, node);
      node.egOpen?.(node.getAttribute("aria-expanded") === "false");
    });
    return tree;
  };
})();
